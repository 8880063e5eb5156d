using BmadServer.Application.Common;
using BmadServer.Application.Sessions;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Workflows;
using MediatR;

namespace BmadServer.Application.Workflows;

/// <summary>Closes a workflow on the caller's session: its events stop. The caller stays a participant.</summary>
public sealed record LeaveWorkflow(Guid WorkflowId) : IRequest;

internal sealed class LeaveWorkflowHandler(
    ICaller caller,
    IWorkflowRepository workflows,
    ISessionRepository sessions,
    ILiveConnections connections,
    IBackplane backplane,
    IUnitOfWork unitOfWork,
    TimeProvider time
) : AsyncRequestHandler<LeaveWorkflow>
{
    protected override async Task Handle(LeaveWorkflow request, CancellationToken cancellationToken)
    {
        var id = new WorkflowId(request.WorkflowId);
        var sessionId = caller.SessionId ?? throw SessionErrors.NotFound();
        await OptimisticConcurrency.RetryAsync(
            () => unitOfWork.ExecuteAsync(token => ForgetAsync(sessionId, id, token), cancellationToken)
        );
        await connections.UnsubscribeAsync(sessionId, id);
        backplane.Send(new PresenceChanging(id.Value));
    }

    /// <summary>A workflow that the session has open can be closed even by one who was removed from it.</summary>
    private async Task<bool> ForgetAsync(SessionId sessionId, WorkflowId id, CancellationToken cancellationToken)
    {
        var session = await sessions.FindAsync(sessionId, cancellationToken) ?? throw SessionErrors.NotFound();
        if (session.State.JoinedWorkflows.Contains(id))
        {
            session.Leave(id, time.Now());
        }
        else
        {
            await workflows.FindOwnAsync(id, caller.UserId, cancellationToken);
        }

        return true;
    }
}
