namespace BmadServer.Testing.History;

// What the server says, as far as the checker compares it. Two are the same when every field is.

public sealed record Actor(Guid Id, string Kind, string Name);

/// <summary>A durable event: from a push, a page of <c>CatchUp</c> or the log over REST.</summary>
public sealed record EventRecord(
    string Kind,
    Guid WorkflowId,
    long Sequence,
    DateTimeOffset At,
    Actor Actor,
    Guid? MessageId = null,
    string? Content = null,
    Guid? ReplyTo = null,
    string? ClientMessageId = null,
    Guid? UserId = null,
    string? Name = null,
    string? Role = null,
    string? Title = null,
    string? Status = null
)
{
    public const string MessagePosted = "messagePosted";
    public const string MessageEdited = "messageEdited";
    public const string MessageDeleted = "messageDeleted";
    public const string ParticipantAdded = "participantAdded";
    public const string ParticipantRemoved = "participantRemoved";
    public const string WorkflowRenamed = "workflowRenamed";
    public const string WorkflowStatusChanged = "workflowStatusChanged";

    public override string ToString() => $"{Kind} #{Sequence} of {WorkflowId}, message {MessageId}, key {ClientMessageId}";
}

public sealed record Ack(
    Guid WorkflowId,
    Guid MessageId,
    long Sequence,
    string? ClientMessageId,
    DateTimeOffset ReceivedAt,
    DateTimeOffset CommittedAt,
    bool Duplicate
);

public sealed record EventPage(IReadOnlyList<EventRecord> Events, long LastSequence, bool HasMore);

public sealed record MessageRecord(
    Guid MessageId,
    Guid WorkflowId,
    long Sequence,
    Actor Author,
    string Content,
    Guid? ReplyTo,
    string? ClientMessageId,
    DateTimeOffset PostedAt,
    DateTimeOffset? EditedAt,
    DateTimeOffset? DeletedAt
);

public sealed record Member(Guid UserId, string Name, string Role);

public sealed record WorkflowRecord(Guid Id, string Title, string Status, long LastSequence, IReadOnlyList<Member> Participants);

/// <summary>The answer to <c>JoinWorkflow</c>.</summary>
/// <param name="Messages">Newest first.</param>
public sealed record Snapshot(
    WorkflowRecord Workflow,
    IReadOnlyList<Member> Participants,
    long LastSequence,
    IReadOnlyList<MessageRecord> Messages,
    bool HasMoreMessages
);

/// <summary>A page of <c>GET …/messages</c>, newest first.</summary>
public sealed record MessagePage(IReadOnlyList<MessageRecord> Messages, bool HasMore);
