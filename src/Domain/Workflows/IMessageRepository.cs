using BmadServer.Domain.Users;

namespace BmadServer.Domain.Workflows;

public interface IMessageRepository
{
    void Add(Message message);

    /// <summary>Tracked for changes, or null when this workflow has no such message.</summary>
    Task<Message?> FindAsync(WorkflowId workflow, MessageId id, CancellationToken cancellationToken);

    /// <summary>The message that this author sent with this key, in whichever workflow, or null.</summary>
    Task<Message?> FindByClientMessageIdAsync(UserId author, string clientMessageId, CancellationToken cancellationToken);

    /// <summary>The event that posted the message: its text before any edit.</summary>
    Task<MessagePosted> PostedAsync(Message message, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    /// <param name="beforeSequence">Only messages with a lower sequence; null for the newest page.</param>
    Task<IReadOnlyList<Message>> ListAsync(
        WorkflowId workflow,
        long? beforeSequence,
        int limit,
        CancellationToken cancellationToken
    );
}
