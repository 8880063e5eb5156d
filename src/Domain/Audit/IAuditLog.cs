using BmadServer.Domain.Users;

namespace BmadServer.Domain.Audit;

/// <summary>The audit log: it grows, and what is too old goes. Nothing in it is ever changed.</summary>
public interface IAuditLog
{
    /// <summary>Stored with the transaction under way, or not at all.</summary>
    void Add(AuditEntry entry);

    /// <summary>The newest first.</summary>
    /// <param name="user">Only what this user did, or what is about their account.</param>
    /// <param name="limit">At most so many.</param>
    Task<IReadOnlyList<AuditEntry>> ListAsync(
        UserId? user,
        AuditEvent? what,
        DateTimeOffset? since,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>Deletes entries that were recorded before that moment, the oldest first. The database refuses to delete young ones.</summary>
    /// <returns>How many; at most the limit.</returns>
    Task<int> DeleteAsync(DateTimeOffset recordedBefore, int limit, CancellationToken cancellationToken);
}
