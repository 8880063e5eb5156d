using BmadServer.Domain.Sessions;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Infrastructure.Persistence.Repositories;

internal sealed class ServerNodeRepository(AppDbContext db) : IServerNodeRepository
{
    public async Task BeatAsync(NodeId id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var known = await db
            .Nodes.Where(node => node.Id == id)
            .ExecuteUpdateAsync(update => update.SetProperty(node => node.LastSeenAt, now), cancellationToken);
        if (known == 0)
        {
            db.Nodes.Add(ServerNode.Start(id, now));
        }
    }

    public Task<bool> AnyOtherAsync(NodeId than, DateTimeOffset aliveSince, CancellationToken cancellationToken) =>
        db.Nodes.AnyAsync(node => node.Id != than && node.LastSeenAt >= aliveSince, cancellationToken);

    public async Task<int> ReleaseSilentAsync(DateTimeOffset silentSince, CancellationToken cancellationToken)
    {
        var silent = await db.Nodes.AsNoTracking().Where(node => node.LastSeenAt < silentSince).ToListAsync(cancellationToken);
        foreach (var node in silent)
        {
            await db
                .Sessions.Where(session => session.NodeId == node.Id)
                .ExecuteUpdateAsync(
                    update =>
                        update
                            .SetProperty(session => session.DisconnectedAt, node.LastSeenAt)
                            .SetProperty(session => session.LastActivityAt, node.LastSeenAt)
                            .SetProperty(session => session.ConnectionId, (string?)null)
                            .SetProperty(session => session.NodeId, (NodeId?)null)
                            .SetProperty(session => session.Version, session => session.Version + 1),
                    cancellationToken
                );
        }

        // Another node may be doing the same at this moment.
        return await db.Nodes.Where(node => node.LastSeenAt < silentSince).ExecuteDeleteAsync(cancellationToken);
    }
}
