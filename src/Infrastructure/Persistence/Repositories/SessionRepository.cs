using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
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

    public Task TouchAsync(SessionId id, DateTimeOffset now, CancellationToken cancellationToken) =>
        db
            .Sessions.Where(session => session.Id == id && session.EndedAt == null && session.LastActivityAt < now)
            .ExecuteUpdateAsync(update => update.SetProperty(session => session.LastActivityAt, now), cancellationToken);
}
