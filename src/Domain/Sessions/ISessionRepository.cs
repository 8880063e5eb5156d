using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

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

    /// <summary>Everybody's sessions that have not ended, newest first.</summary>
    Task<IReadOnlyList<Session>> ListOpenAsync(CancellationToken cancellationToken);

    /// <summary>The user's sessions that have not ended, tracked for changes.</summary>
    Task<IReadOnlyList<Session>> FindOpenAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>How many open sessions each user has; users without one are left out.</summary>
    Task<IReadOnlyDictionary<UserId, int>> CountOpenAsync(CancellationToken cancellationToken);

    /// <summary>The open sessions that came with this sign-in, tracked for changes.</summary>
    Task<IReadOnlyList<Session>> ListOpenAsync(TokenFamilyId family, CancellationToken cancellationToken);

    /// <summary>Open sessions without activity since <paramref name="idleSince"/>, oldest first, tracked for changes.</summary>
    Task<IReadOnlyList<Session>> ListIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Those that ended at this time or later and may have had a connection then: neither those that have a successor, nor those
    /// that expired after their connection was gone.
    /// </summary>
    Task<IReadOnlyList<EndedSession>> ListEndedAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Notes the drop, unless the session has another connection by now.</summary>
    Task MarkDisconnectedAsync(SessionId id, string connectionId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// The participants of these workflows with a session that has one of them open and a connection on another node that has shown a
    /// sign of life since then; each once for each workflow.
    /// </summary>
    Task<IReadOnlyList<PresentUser>> ListPresentAsync(
        IReadOnlyCollection<WorkflowId> workflows,
        NodeId elsewhereThan,
        DateTimeOffset aliveSince,
        CancellationToken cancellationToken
    );

    /// <summary>Of these sessions those that this node does not hold, and who does: open ones, and those that have a successor.</summary>
    Task<IReadOnlyList<SessionStanding>> ListNotHeldAsync(IReadOnlyCollection<SessionId> ids, NodeId node, CancellationToken cancellationToken);

    /// <summary>
    /// These connections of the node are there after all: each is its session's again, unless another one is, or the session dropped later
    /// than <paramref name="droppedBefore"/>.
    /// </summary>
    Task HoldAgainAsync(
        IReadOnlyCollection<(SessionId Session, string ConnectionId)> connected,
        NodeId node,
        DateTimeOffset droppedBefore,
        CancellationToken cancellationToken
    );

    /// <summary>Notes activity without a new version: it changes nothing that two writers could disagree on.</summary>
    Task TouchAsync(SessionId id, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>A user who has a workflow open.</summary>
public sealed record PresentUser(WorkflowId Workflow, UserId User, string Name);

/// <param name="Holder">The node of its connection; null where it has none.</param>
/// <param name="IsReplaced">Its checkpoint went into a successor.</param>
public sealed record SessionStanding(SessionId Id, NodeId? Holder, bool IsReplaced, int Version);

/// <summary>A session that is over, and why.</summary>
public sealed record EndedSession(SessionId Id, SessionEndReason Reason);
