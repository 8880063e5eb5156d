namespace BmadServer.Domain.Workflows;

/// <summary>What a <see cref="MessagePosted"/> created, with later edits applied; a deleted one stays as a tombstone.</summary>
public sealed class Message
{
    private Message() { }

    public MessageId Id { get; private init; }

    public WorkflowId WorkflowId { get; private init; }

    /// <summary>The sequence of the event that posted it: its place in the conversation, whatever happens to it later.</summary>
    public long Sequence { get; private init; }

    public Guid AuthorId { get; private init; }

    public ActorKind AuthorKind { get; private init; }

    public string AuthorName { get; private init; } = "";

    public Actor Author => new(AuthorId, AuthorKind, AuthorName);

    /// <summary>The text as it stands; empty once deleted.</summary>
    public string Content { get; private set; } = "";

    public MessageId? ReplyTo { get; private init; }

    /// <summary>The author's own key for the send; unique per author, for ever.</summary>
    public string? ClientMessageId { get; private init; }

    /// <summary>When the server received the send.</summary>
    public DateTimeOffset ReceivedAt { get; private init; }

    public DateTimeOffset PostedAt { get; private init; }

    public DateTimeOffset? EditedAt { get; private set; }

    public DateTimeOffset? DeletedAt { get; private set; }

    /// <summary>The sequence of the newest event about it: its post, an edit or its deletion.</summary>
    public long ChangedSequence { get; private set; }

    /// <summary>When the server received the newest change.</summary>
    public DateTimeOffset ChangeReceivedAt { get; private set; }

    public DateTimeOffset ChangedAt => DeletedAt ?? EditedAt ?? PostedAt;

    public bool IsDeleted => DeletedAt is not null;

    public bool IsBy(Participant participant) => AuthorKind == ActorKind.User && AuthorId == participant.UserId.Value;

    internal static Message Create(MessagePosted posted, DateTimeOffset receivedAt) =>
        new()
        {
            Id = posted.MessageId,
            WorkflowId = posted.WorkflowId,
            Sequence = posted.Sequence,
            AuthorId = posted.ActorId,
            AuthorKind = posted.ActorKind,
            AuthorName = posted.ActorName,
            Content = posted.Content,
            ReplyTo = posted.ReplyTo,
            ClientMessageId = posted.ClientMessageId,
            ReceivedAt = receivedAt,
            PostedAt = posted.At,
            ChangedSequence = posted.Sequence,
            ChangeReceivedAt = receivedAt,
        };

    internal void Apply(MessageEdited edited, DateTimeOffset receivedAt)
    {
        Content = edited.Content;
        EditedAt = edited.At;
        (ChangedSequence, ChangeReceivedAt) = (edited.Sequence, receivedAt);
    }

    internal void Apply(MessageDeleted deleted, DateTimeOffset receivedAt)
    {
        Content = "";
        DeletedAt = deleted.At;
        (ChangedSequence, ChangeReceivedAt) = (deleted.Sequence, receivedAt);
    }
}
