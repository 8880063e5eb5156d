using BmadServer.Application.Common;
using BmadServer.Domain.Workflows;
using MediatR;

namespace BmadServer.Application.Workflows;

public sealed record GetWorkflow(Guid Id) : IRequest<WorkflowView>;

internal sealed class GetWorkflowHandler(ICaller caller, IWorkflowRepository workflows)
    : IRequestHandler<GetWorkflow, WorkflowView>
{
    public async Task<WorkflowView> Handle(GetWorkflow request, CancellationToken cancellationToken)
    {
        var membership = await workflows.FindOwnAsync(new WorkflowId(request.Id), caller.UserId, cancellationToken);
        return await workflows.ViewAsync(membership, cancellationToken);
    }
}
