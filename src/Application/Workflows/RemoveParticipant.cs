using BmadServer.Application.Audit;
using BmadServer.Application.Common;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using MediatR;

namespace BmadServer.Application.Workflows;

/// <summary>Takes a user out of a workflow: an owner anybody, everybody themselves. Their events stop with this one.</summary>
public sealed record RemoveParticipant(Guid WorkflowId, Guid UserId) : IRequest;

internal sealed class RemoveParticipantHandler(
    ICaller caller,
    IWorkflowRepository workflows,
    IUnitOfWork unitOfWork,
    AuditTrail audit,
    TimeProvider time
) : AsyncRequestHandler<RemoveParticipant>
{
    protected override Task Handle(RemoveParticipant request, CancellationToken cancellationToken)
    {
        var id = new WorkflowId(request.WorkflowId);
        return unitOfWork.ExecuteAsync(id, token => RemoveAsync(id, new UserId(request.UserId), token), cancellationToken);
    }

    private async Task<bool> RemoveAsync(WorkflowId id, UserId user, CancellationToken cancellationToken)
    {
        var (workflow, remover) = await workflows.FindOwnForUpdateAsync(id, caller.UserId, cancellationToken);
        var leaver =
            await workflows.FindParticipantAsync(id, user, cancellationToken) ?? throw WorkflowErrors.ParticipantNotFound();
        workflow.RemoveParticipant(remover, leaver, await workflows.CountOwnersAsync(id, cancellationToken), time.Now());
        workflows.Remove(leaver);
        audit.Record(leaver.IsOwner ? AuditEvent.OwnerRemoved : AuditEvent.ParticipantRemoved, user, workflow: id);
        return true;
    }
}
