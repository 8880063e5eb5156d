using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using MediatR;

namespace BmadServer.Application.Sessions;

/// <summary>
/// Who has these workflows open on other nodes, for the server itself to show. It knows no caller: who may see it is for whoever asks
/// to decide.
/// </summary>
public sealed record ListPresentElsewhere(IReadOnlyCollection<WorkflowId> Workflows) : IRequest<IReadOnlyCollection<PresentUser>>;

internal sealed class ListPresentElsewhereHandler(PresenceElsewhere presence)
    : IRequestHandler<ListPresentElsewhere, IReadOnlyCollection<PresentUser>>
{
    public Task<IReadOnlyCollection<PresentUser>> Handle(ListPresentElsewhere request, CancellationToken cancellationToken) =>
        presence.OfAsync(request.Workflows, cancellationToken);
}

/// <summary>Reads who is present through other nodes, as the sessions of those that are alive say.</summary>
internal sealed class PresenceElsewhere(ISessionRepository sessions, IServerNodeRepository nodes, NodeIdentity node, TimeProvider time)
{
    /// <summary>Bounds one statement.</summary>
    private const int BatchSize = 1_000;

    public async Task<IReadOnlyCollection<PresentUser>> OfAsync(IReadOnlyCollection<WorkflowId> workflows, CancellationToken cancellationToken)
    {
        var aliveSince = NodeIdentity.AliveSince(time);
        if (workflows.Count == 0 || !await nodes.AnyOtherAsync(node.Id, aliveSince, cancellationToken))
        {
            return [];
        }

        List<PresentUser> all = [];
        foreach (var batch in workflows.Chunk(BatchSize))
        {
            all.AddRange(await sessions.ListPresentAsync(batch, node.Id, aliveSince, cancellationToken));
        }

        return all;
    }
}
