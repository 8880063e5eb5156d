using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using MediatR;

namespace BmadServer.Application.Sessions;

/// <summary>Notes that the caller's session is in use.</summary>
public sealed record TouchSession(SessionId SessionId) : IRequest;

internal sealed class TouchSessionHandler(ISessionRepository sessions, IUnitOfWork unitOfWork, TimeProvider time)
    : AsyncRequestHandler<TouchSession>
{
    protected override Task Handle(TouchSession request, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(token => sessions.TouchAsync(request.SessionId, time.Now(), token), cancellationToken);
}
