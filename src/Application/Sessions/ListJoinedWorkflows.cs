using BmadServer.Application.Common;
using BmadServer.Domain.Sessions;
using MediatR;

namespace BmadServer.Application.Sessions;

/// <summary>What the caller's session has joined, less the workflows that its user is no longer in.</summary>
public sealed record ListJoinedWorkflows(SessionId SessionId) : IRequest<IReadOnlyList<JoinedWorkflow>>;

internal sealed class ListJoinedWorkflowsHandler(
    ISessionRepository sessions,
    JoinedWorkflows joinedWorkflows,
    IUnitOfWork unitOfWork
) : IRequestHandler<ListJoinedWorkflows, IReadOnlyList<JoinedWorkflow>>
{
    public Task<IReadOnlyList<JoinedWorkflow>> Handle(ListJoinedWorkflows request, CancellationToken cancellationToken) =>
        unitOfWork.ReadAsync(
            async token =>
            {
                var session = await sessions.FindAsync(request.SessionId, token) ?? throw SessionErrors.NotFound();
                return await joinedWorkflows.OfAsync(session, token);
            },
            cancellationToken
        );
}
