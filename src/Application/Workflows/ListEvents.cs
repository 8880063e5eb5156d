using BmadServer.Domain.Workflows;
using MediatR;

namespace BmadServer.Application.Workflows;

/// <summary>
/// The events after a sequence, in order and a page at most, for the server itself to push. It knows no caller: who may see
/// them is for whoever asks to decide.
/// </summary>
public sealed record ListEvents(WorkflowId Workflow, long After) : IRequest<IReadOnlyList<WorkflowEvent>>;

internal sealed class ListEventsHandler(IWorkflowRepository workflows) : IRequestHandler<ListEvents, IReadOnlyList<WorkflowEvent>>
{
    public Task<IReadOnlyList<WorkflowEvent>> Handle(ListEvents request, CancellationToken cancellationToken) =>
        workflows.ListEventsAsync(
            request.Workflow,
            new EventRange(request.After, long.MaxValue, GetEvents.MaximumLimit, GetEvents.MaximumCharacters),
            cancellationToken
        );
}
