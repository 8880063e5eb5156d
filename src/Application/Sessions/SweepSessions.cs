using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using MediatR;

namespace BmadServer.Application.Sessions;

/// <summary>
/// The node's regular housekeeping: says that it is alive, stores the drops that it could not store when they happened, releases the connections of nodes that died, and ends the
/// sessions that were idle for too long. Ended sessions are kept, for audit.
/// </summary>
/// <returns>How many sessions it ended.</returns>
public sealed record SweepSessions : IRequest<int>;

internal sealed class SweepSessionsHandler(
    ISessionRepository sessions,
    IServerNodeRepository nodes,
    ILiveConnections connections,
    UnstoredDrops unstored,
    NodeIdentity node,
    SessionOptions options,
    IUnitOfWork unitOfWork,
    TimeProvider time
) : IRequestHandler<SweepSessions, int>
{
    /// <summary>Bounds one transaction; the rest is for the next one.</summary>
    private const int BatchSize = 200;

    public async Task<int> Handle(SweepSessions request, CancellationToken cancellationToken)
    {
        await StoreDropsAsync(cancellationToken);
        await unitOfWork.ExecuteAsync(
            async token =>
            {
                // One reading of the clock: a process that was halted between two would take itself for dead.
                var now = time.Now();
                await nodes.BeatAsync(node.Id, now, token);
                return await nodes.ReleaseSilentAsync(now - NodeIdentity.MaximumSilence, token);
            },
            cancellationToken
        );

        var ended = 0;
        while (true)
        {
            var batch = await EndIdleAsync(cancellationToken);
            await Task.WhenAll(batch.Select(session => connections.CloseAsync(session, SessionEndReason.Expired)));
            ended += batch.Count;
            if (batch.Count < BatchSize)
            {
                return ended;
            }
        }
    }

    private async Task StoreDropsAsync(CancellationToken cancellationToken)
    {
        var drops = unstored.TakeAll();
        if (drops.Count == 0)
        {
            return;
        }

        try
        {
            await unitOfWork.ExecuteAsync(
                async token =>
                {
                    foreach (var drop in drops)
                    {
                        await sessions.MarkDisconnectedAsync(drop.SessionId, drop.ConnectionId, drop.DroppedAt, token);
                    }
                },
                cancellationToken
            );
        }
        catch
        {
            foreach (var drop in drops)
            {
                unstored.Add(drop);
            }

            throw;
        }
    }

    /// <summary>The stored time of the last activity may be old by the touch interval, so that much grace is given.</summary>
    private Task<IReadOnlyList<SessionId>> EndIdleAsync(CancellationToken cancellationToken) =>
        OptimisticConcurrency.RetryAsync(
            () =>
                unitOfWork.ExecuteAsync<IReadOnlyList<SessionId>>(
                    async token =>
                    {
                        var now = time.Now();
                        var idleSince = now - options.IdleTimeout - options.TouchInterval;
                        var idle = await sessions.ListIdleAsync(idleSince, BatchSize, token);
                        foreach (var session in idle)
                        {
                            session.End(SessionEndReason.Expired, now);
                        }

                        return [.. idle.Select(session => session.Id)];
                    },
                    cancellationToken
                )
        );
}
