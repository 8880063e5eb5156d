using BmadServer.Domain.Users;

namespace BmadServer.Domain.Sessions;

public interface ISessionRepository
{
    void Add(Session session);

    /// <summary>The session in any state, tracked for changes, or null.</summary>
    Task<Session?> FindAsync(SessionId id, CancellationToken cancellationToken);

    /// <summary>The same with the last sign of life of the node that holds its connection; null where no such node is known.</summary>
    Task<(Session? Session, DateTimeOffset? HolderSeenAt)> FindWithHolderAsync(SessionId id, CancellationToken cancellationToken);

    /// <summary>The user's sessions that have not ended, newest first.</summary>
    Task<IReadOnlyList<Session>> ListOpenAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>The open sessions that came with this sign-in, tracked for changes.</summary>
    Task<IReadOnlyList<Session>> ListOpenAsync(TokenFamilyId family, CancellationToken cancellationToken);

    /// <summary>Open sessions without activity since <paramref name="idleSince"/>, oldest first, tracked for changes.</summary>
    Task<IReadOnlyList<Session>> ListIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken);

    /// <summary>Those that ended at this time or later, less those that have a successor: they had no connection any more.</summary>
    Task<IReadOnlyList<EndedSession>> ListEndedAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Notes the drop, unless the session has another connection by now.</summary>
    Task MarkDisconnectedAsync(SessionId id, string connectionId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Notes activity without a new version: it changes nothing that two writers could disagree on.</summary>
    Task TouchAsync(SessionId id, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>A session that is over, and why.</summary>
public sealed record EndedSession(SessionId Id, SessionEndReason Reason);
