using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using MediatR;

namespace BmadServer.Application.Sessions;

/// <summary>A connection has closed. Its session stays for the device to come back to.</summary>
public sealed record DropConnection(SessionId SessionId, string ConnectionId) : IRequest;

internal sealed class DropConnectionHandler(ISessionRepository sessions, IUnitOfWork unitOfWork, TimeProvider time)
    : AsyncRequestHandler<DropConnection>
{
    protected override Task Handle(DropConnection request, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(
            token => sessions.MarkDisconnectedAsync(request.SessionId, request.ConnectionId, time.Now(), token),
            cancellationToken
        );
}
