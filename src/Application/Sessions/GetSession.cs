using BmadServer.Application.Common;
using BmadServer.Domain.Sessions;
using MediatR;

namespace BmadServer.Application.Sessions;

/// <summary>One session of the caller's: <c>session.not_found</c> for any other, <c>session.ended</c> once it has ended.</summary>
public sealed record GetSession(Guid Id) : IRequest<SessionView>;

internal sealed class GetSessionHandler(
    ICaller caller,
    ISessionRepository sessions,
    JoinedWorkflows joinedWorkflows,
    SessionOptions options
) : IRequestHandler<GetSession, SessionView>
{
    public async Task<SessionView> Handle(GetSession request, CancellationToken cancellationToken)
    {
        var session = await sessions.FindOwnAsync(request.Id, caller.UserId, cancellationToken);
        return session.HasEnded
            ? throw SessionErrors.Ended()
            : await joinedWorkflows.ViewAsync(session, options, cancellationToken);
    }
}
