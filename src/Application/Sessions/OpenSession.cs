using BmadServer.Application.Auth;
using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using MediatR;

namespace BmadServer.Application.Sessions;

/// <summary>A connection has opened: gives it a session, an earlier one where the client asks and may.</summary>
/// <param name="RequestedId">As the client sent it; anything that is not a session of the caller's gives a fresh one.</param>
/// <param name="Device">What the client calls itself.</param>
public sealed record OpenSession(string? RequestedId, string Device, string ConnectionId) : IRequest<OpenedSession>;

public enum SessionRecovery
{
    /// <summary>A fresh session.</summary>
    None,

    /// <summary>The same session again, within the recovery window.</summary>
    Live,

    /// <summary>A new session with the state of the old one's last checkpoint.</summary>
    Checkpoint,
}

/// <param name="RecoveredFrom">The session whose checkpoint was taken, for <see cref="SessionRecovery.Checkpoint"/>.</param>
/// <param name="Version">Of two openings of one session the later one has the higher version.</param>
public sealed record OpenedSession(
    SessionId Id,
    SessionRecovery Recovery,
    SessionId? RecoveredFrom,
    IReadOnlyList<JoinedWorkflow> JoinedWorkflows,
    DateTimeOffset ExpiresAt,
    int Version
);

internal sealed class OpenSessionHandler(
    ICaller caller,
    ISessionRepository sessions,
    JoinedWorkflows joinedWorkflows,
    NodeIdentity node,
    SessionOptions options,
    IUnitOfWork unitOfWork,
    TimeProvider time
) : IRequestHandler<OpenSession, OpenedSession>
{
    public async Task<OpenedSession> Handle(OpenSession request, CancellationToken cancellationToken)
    {
        var family = caller.FamilyId ?? throw AuthErrors.Required();
        var (session, recovery, recoveredFrom, joined) = await OptimisticConcurrency.RetryAsync(
            () => unitOfWork.ExecuteAsync(token => OpenAsync(request, family, token), cancellationToken)
        );
        return new OpenedSession(
            session.Id,
            recovery,
            recoveredFrom,
            joined,
            session.ExpiresAt(options.IdleTimeout),
            session.Version
        );
    }

    private async Task<(Session, SessionRecovery, SessionId?, IReadOnlyList<JoinedWorkflow>)> OpenAsync(
        OpenSession request,
        TokenFamilyId family,
        CancellationToken cancellationToken
    )
    {
        var now = time.Now();
        if (await FindResumableAsync(request.RequestedId, now, cancellationToken) is not var (previous, droppedAt))
        {
            var fresh = Session.Start(caller.UserId, family, request.Device, request.ConnectionId, node.Id, now);
            sessions.Add(fresh);
            return (fresh, SessionRecovery.None, null, []);
        }

        if (now - droppedAt <= options.RecoveryWindow)
        {
            previous.Reconnect(family, request.Device, request.ConnectionId, node.Id, now);
            return (previous, SessionRecovery.Live, null, await StandingAsync(previous, cancellationToken));
        }

        var successor = previous.Succeed(family, request.Device, request.ConnectionId, node.Id, now);
        sessions.Add(successor);
        return (successor, SessionRecovery.Checkpoint, previous.Id, await StandingAsync(successor, cancellationToken));
    }

    /// <summary>
    /// The caller's session that is still worth resuming. Where its checkpoint already went into a successor, because an
    /// earlier answer never reached the client, it is the successor.
    /// </summary>
    private async Task<(Session Session, DateTimeOffset DroppedAt)?> FindResumableAsync(
        string? requestedId,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (!Guid.TryParse(requestedId, out var id))
        {
            return null;
        }

        var (session, holderSeenAt) = await sessions.FindWithHolderAsync(new SessionId(id), cancellationToken);
        while (session is { HasEnded: true, SuccessorId: { } successor })
        {
            (session, holderSeenAt) = await sessions.FindWithHolderAsync(successor, cancellationToken);
        }

        if (session is null || session.UserId != caller.UserId || session.HasEnded)
        {
            return null;
        }

        var droppedAt = DroppedAt(session, holderSeenAt, now);
        return droppedAt + options.IdleTimeout <= now ? null : (session, droppedAt);
    }

    /// <summary>A workflow that the user was removed from while away is no longer open, and so not the active one either.</summary>
    private async Task<IReadOnlyList<JoinedWorkflow>> StandingAsync(Session session, CancellationToken cancellationToken)
    {
        var standing = await joinedWorkflows.OfAsync(session, cancellationToken);
        foreach (var lost in session.State.JoinedWorkflows.ExceptBy(standing.Select(joined => joined.WorkflowId), id => id.Value).ToArray())
        {
            session.Lose(lost);
        }

        return standing;
    }

    /// <summary>
    /// When the connection was lost. A connection that is still held counts as lost now: a client that asks for its session
    /// anew has lost it, even where the server has not noticed yet. After a crash it is the node's last sign of life.
    /// </summary>
    private DateTimeOffset DroppedAt(Session session, DateTimeOffset? holderSeenAt, DateTimeOffset now)
    {
        if (session.DisconnectedAt is { } droppedAt)
        {
            return droppedAt;
        }

        return session.NodeId is { } holder && holder != node.Id ? holderSeenAt ?? session.LastActivityAt : now;
    }
}
