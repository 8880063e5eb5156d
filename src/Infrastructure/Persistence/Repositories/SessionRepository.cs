using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Infrastructure.Persistence.Repositories;

internal sealed class SessionRepository(AppDbContext db, CompiledQueries queries) : ISessionRepository
{
    public void Add(Session session) => db.Sessions.Add(session);

    public Task<Session?> FindAsync(SessionId id, CancellationToken cancellationToken) =>
        db.Sessions.SingleOrDefaultAsync(session => session.Id == id, cancellationToken);

    public async Task<(Session? Session, DateTimeOffset? HolderSeenAt)> FindWithHolderAsync(
        SessionId id,
        CancellationToken cancellationToken
    )
    {
        var found = await queries.SessionWithHolder(db, id, cancellationToken);
        return (found?.Session, found?.HolderSeenAt);
    }

    public async Task<IReadOnlyList<Session>> ListOpenAsync(UserId user, CancellationToken cancellationToken) =>
        await db
            .Sessions.AsNoTracking()
            .Where(session => session.UserId == user && session.EndedAt == null)
            .OrderByDescending(session => session.CreatedAt)
            .ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<Session>> ListOpenAsync(CancellationToken cancellationToken) =>
        await db
            .Sessions.AsNoTracking()
            .Where(session => session.EndedAt == null)
            .OrderByDescending(session => session.CreatedAt)
            .ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<Session>> FindOpenAsync(UserId user, CancellationToken cancellationToken) =>
        await db.Sessions.Where(session => session.UserId == user && session.EndedAt == null).ToListAsync(cancellationToken);

    public async Task<IReadOnlyDictionary<UserId, int>> CountOpenAsync(CancellationToken cancellationToken) =>
        await db
            .Sessions.Where(session => session.EndedAt == null)
            .GroupBy(session => session.UserId)
            .Select(group => new { User = group.Key, Count = group.Count() })
            .ToDictionaryAsync(group => group.User, group => group.Count, cancellationToken);

    public async Task<IReadOnlyList<Session>> ListOpenAsync(TokenFamilyId family, CancellationToken cancellationToken) =>
        await db
            .Sessions.Where(session => session.FamilyId == family && session.EndedAt == null)
            .ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<Session>> ListIdleAsync(
        DateTimeOffset idleSince,
        int limit,
        CancellationToken cancellationToken
    ) =>
        await db
            .Sessions.Where(session => session.EndedAt == null && session.LastActivityAt <= idleSince)
            .OrderBy(session => session.LastActivityAt)
            .Take(limit)
            .ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<EndedSession>> ListEndedAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        await db
            .Sessions.Where(session => session.EndedAt >= since && session.EndReason != SessionEndReason.Replaced)
            .Where(session => session.EndReason != SessionEndReason.Expired || session.DisconnectedAt == session.EndedAt)
            .Select(session => new EndedSession(session.Id, session.EndReason!.Value))
            .ToListAsync(cancellationToken);

    public Task MarkDisconnectedAsync(
        SessionId id,
        string connectionId,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        db
            .Sessions.Where(session => session.Id == id && session.ConnectionId == connectionId)
            .ExecuteUpdateAsync(
                update =>
                    update
                        .SetProperty(session => session.DisconnectedAt, now)
                        .SetProperty(session => session.LastActivityAt, now)
                        .SetProperty(session => session.ConnectionId, (string?)null)
                        .SetProperty(session => session.NodeId, (NodeId?)null)
                        .SetProperty(session => session.Version, session => session.Version + 1),
                cancellationToken
            );

    public async Task<IReadOnlyList<PresentUser>> ListPresentAsync(
        IReadOnlyCollection<WorkflowId> workflows,
        NodeId elsewhereThan,
        DateTimeOffset aliveSince,
        CancellationToken cancellationToken
    )
    {
        var present = await db.PresentElsewhere(workflows, elsewhereThan, aliveSince).AsNoTracking().ToListAsync(cancellationToken);
        return present.ConvertAll(participant => new PresentUser(participant.WorkflowId, participant.UserId, participant.Name));
    }

    public async Task<IReadOnlyList<SessionStanding>> ListNotHeldAsync(
        IReadOnlyCollection<SessionId> ids,
        NodeId node,
        CancellationToken cancellationToken
    ) =>
        await db
            .Sessions.Where(session =>
                ids.Contains(session.Id)
                && (session.EndedAt == null || session.EndReason == SessionEndReason.Replaced)
                && (session.NodeId == null || session.NodeId != node)
            )
            .Select(session => new SessionStanding(session.Id, session.NodeId, session.EndedAt != null, session.Version))
            .ToListAsync(cancellationToken);

    public Task HoldAgainAsync(
        IReadOnlyCollection<(SessionId Session, string ConnectionId)> connected,
        NodeId node,
        DateTimeOffset droppedBefore,
        CancellationToken cancellationToken
    ) =>
        db.HoldAgainAsync(
            [.. connected.Select(each => each.Session)],
            [.. connected.Select(each => each.ConnectionId)],
            node,
            droppedBefore,
            cancellationToken
        );

    public Task TouchAsync(SessionId id, DateTimeOffset now, CancellationToken cancellationToken) =>
        db
            .Sessions.Where(session => session.Id == id && session.EndedAt == null && session.LastActivityAt < now)
            .ExecuteUpdateAsync(update => update.SetProperty(session => session.LastActivityAt, now), cancellationToken);
}
