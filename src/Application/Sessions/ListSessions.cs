using BmadServer.Application.Common;
using BmadServer.Domain.Sessions;
using MediatR;

namespace BmadServer.Application.Sessions;

/// <summary>The caller's sessions that have not ended, newest first.</summary>
public sealed record ListSessions : IRequest<SessionList>;

public sealed record SessionList(IReadOnlyList<SessionView> Sessions);

internal sealed class ListSessionsHandler(
    ICaller caller,
    ISessionRepository sessions,
    JoinedWorkflows joinedWorkflows,
    SessionOptions options
) : IRequestHandler<ListSessions, SessionList>
{
    public async Task<SessionList> Handle(ListSessions request, CancellationToken cancellationToken)
    {
        List<SessionView> views = [];
        foreach (var session in await sessions.ListOpenAsync(caller.UserId, cancellationToken))
        {
            views.Add(await joinedWorkflows.ViewAsync(session, options, cancellationToken));
        }

        return new SessionList(views);
    }
}
