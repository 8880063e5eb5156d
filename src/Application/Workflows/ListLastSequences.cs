using BmadServer.Domain.Workflows;
using MediatR;

namespace BmadServer.Application.Workflows;

/// <summary>
/// How far these workflows' logs go, for the server itself to compare with what it has pushed. It knows no caller: who may
/// see a workflow is for whoever asks to decide.
/// </summary>
public sealed record ListLastSequences(IReadOnlyCollection<WorkflowId> Workflows) : IRequest<IReadOnlyDictionary<WorkflowId, long>>;

internal sealed class ListLastSequencesHandler(IWorkflowRepository workflows)
    : IRequestHandler<ListLastSequences, IReadOnlyDictionary<WorkflowId, long>>
{
    /// <summary>Bounds one statement.</summary>
    private const int BatchSize = 1_000;

    public async Task<IReadOnlyDictionary<WorkflowId, long>> Handle(ListLastSequences request, CancellationToken cancellationToken)
    {
        var all = new Dictionary<WorkflowId, long>(request.Workflows.Count);
        foreach (var batch in request.Workflows.Chunk(BatchSize))
        {
            foreach (var (id, lastSequence) in await workflows.LastSequencesAsync(batch, cancellationToken))
            {
                all[id] = lastSequence;
            }
        }

        return all;
    }
}
