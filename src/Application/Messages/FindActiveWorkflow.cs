using BmadServer.Application.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Workflows;
using MediatR;

namespace BmadServer.Application.Messages;

/// <summary>Where the caller's sends go that name no workflow: the session's active one, or else the caller's personal one.</summary>
public sealed record FindActiveWorkflow : IRequest<WorkflowId>;

internal sealed class FindActiveWorkflowHandler(ICaller caller, ISessionRepository sessions, IWorkflowRepository workflows)
    : IRequestHandler<FindActiveWorkflow, WorkflowId>
{
    public async Task<WorkflowId> Handle(FindActiveWorkflow request, CancellationToken cancellationToken)
    {
        var session = caller.SessionId is { } id ? await sessions.FindAsync(id, cancellationToken) : null;
        return session?.State.ActiveWorkflowId ?? await workflows.PersonalWorkflowOfAsync(caller.UserId, cancellationToken);
    }
}
