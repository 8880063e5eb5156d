using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using MediatR;

namespace BmadServer.Application.Sessions;

/// <summary>
/// Compares the sessions that are connected to this node with what is stored. Those that another node took for dropped, because
/// this one had not shown a sign of life, are this node's again.
/// </summary>
/// <returns>Those that another connection has by now, with their versions.</returns>
public sealed record KeepSessions(IReadOnlyCollection<(SessionId Session, string ConnectionId)> Connected)
    : IRequest<IReadOnlyCollection<SessionStanding>>;

internal sealed class KeepSessionsHandler(
    ISessionRepository sessions,
    IServerNodeRepository nodes,
    NodeIdentity node,
    IUnitOfWork unitOfWork,
    TimeProvider time
) : IRequestHandler<KeepSessions, IReadOnlyCollection<SessionStanding>>
{
    /// <summary>Bounds one statement.</summary>
    private const int BatchSize = 1_000;

    /// <summary>
    /// A connection that closed just now is dropped rightly. Another node's guess puts the drop at this node's last sign of life, which is
    /// longer ago than this.
    /// </summary>
    private static readonly TimeSpan Settled = NodeIdentity.MaximumSilence / 2;

    public async Task<IReadOnlyCollection<SessionStanding>> Handle(KeepSessions request, CancellationToken cancellationToken)
    {
        if (request.Connected.Count == 0 || !await nodes.AnyOtherAsync(node.Id, NodeIdentity.AliveSince(time), cancellationToken))
        {
            return [];
        }

        List<SessionStanding> taken = [];
        foreach (var batch in request.Connected.Chunk(BatchSize))
        {
            var lost = await sessions.ListNotHeldAsync([.. batch.Select(each => each.Session)], node.Id, cancellationToken);
            var free = lost.Where(session => session is { Holder: null, IsReplaced: false }).Select(session => session.Id).ToHashSet();
            taken.AddRange(lost.Where(session => !free.Contains(session.Id)));
            if (free.Count > 0)
            {
                await HoldAsync([.. batch.Where(each => free.Contains(each.Session))], cancellationToken);
            }
        }

        return taken;
    }

    private Task HoldAsync(IReadOnlyCollection<(SessionId, string)> connected, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(
            token => sessions.HoldAgainAsync(connected, node.Id, time.Now() - Settled, token),
            cancellationToken
        );
}
