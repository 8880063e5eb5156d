using BmadServer.Domain.Users;

namespace BmadServer.Domain.Workflows;

public interface IMessageRepository
{
    void Add(Message message);

    /// <summary>Tracked for changes, or null when this workflow has no such message.</summary>
    Task<Message?> FindAsync(WorkflowId workflow, MessageId id, CancellationToken cancellationToken);

    /// <summary>The same for many, read only: those that there are, in whichever workflows.</summary>
    Task<IReadOnlyList<Message>> FindAllAsync(IReadOnlyCollection<MessageId> ids, CancellationToken cancellationToken);

    /// <summary>The messages that were sent with these keys by their authors, in whichever workflows, as they were sent.</summary>
    /// <param name="keys">Each once.</param>
    Task<IReadOnlyList<SentMessage>> ListSentAsync(
        IReadOnlyCollection<(UserId Author, string ClientMessageId)> keys,
        CancellationToken cancellationToken
    );

    /// <summary>Newest first.</summary>
    /// <param name="beforeSequence">Only messages with a lower sequence; null for the newest page.</param>
    Task<IReadOnlyList<Message>> ListAsync(
        WorkflowId workflow,
        long? beforeSequence,
        int limit,
        CancellationToken cancellationToken
    );
}

/// <param name="Message">As it is now; read only.</param>
/// <param name="Posted">Its text before any edit.</param>
public sealed record SentMessage(Message Message, MessagePosted Posted);
