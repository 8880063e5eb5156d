namespace BmadServer.Examples.DotNet;

// What the server sends and takes, as far as this client uses it.

internal sealed record Tokens(string AccessToken, int ExpiresIn);

internal sealed record Session(Guid Id, string? Recovery, IReadOnlyList<JoinedWorkflow> JoinedWorkflows);

internal sealed record JoinedWorkflow(Guid WorkflowId);

internal sealed record Snapshot(long LastSequence);

internal sealed record SequenceAnnounced(Guid WorkflowId, long LastSequence);

internal sealed record Renewed(DateTimeOffset ExpiresAt);

internal sealed record EventPage(IReadOnlyList<WorkflowEvent> Events, bool HasMore);

internal sealed record WorkflowEvent(string Kind, Guid WorkflowId, long Sequence, Actor Actor, string? Content);

internal sealed record Actor(string Name);

internal sealed record Message(string Content, Guid WorkflowId, string ClientMessageId);

internal sealed record Ack(long Sequence, DateTimeOffset ReceivedAt, DateTimeOffset CommittedAt);

internal sealed record Unacknowledged(Message Message)
{
    public TaskCompletionSource<Ack> Ack { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
