using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using MediatR;

namespace BmadServer.Application.Sessions;

/// <summary>Starts the session's idle limit anew.</summary>
/// <param name="ExpectedVersion">Refuse with <c>session.conflict</c> unless the session has this version; null for any.</param>
public sealed record ExtendSession(Guid Id, int? ExpectedVersion = null) : IRequest;

internal sealed class ExtendSessionHandler(ICaller caller, ISessionRepository sessions, IUnitOfWork unitOfWork, TimeProvider time)
    : AsyncRequestHandler<ExtendSession>
{
    protected override Task Handle(ExtendSession request, CancellationToken cancellationToken) =>
        SessionAccess.ChangeAsync(
            request.ExpectedVersion,
            () => unitOfWork.ExecuteAsync(token => ExtendAsync(request, token), cancellationToken)
        );

    private async Task<Session> ExtendAsync(ExtendSession request, CancellationToken cancellationToken)
    {
        var session = await sessions.FindOwnAsync(request.Id, caller.UserId, cancellationToken);
        session.ThrowIfChangedSince(request.ExpectedVersion);
        session.Extend(time.Now());
        return session;
    }
}
