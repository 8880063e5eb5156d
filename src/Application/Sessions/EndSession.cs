using BmadServer.Application.Audit;
using BmadServer.Application.Common;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using MediatR;

namespace BmadServer.Application.Sessions;

/// <summary>Ends a session of the caller's and closes its connection. One that has ended stays so.</summary>
/// <param name="ExpectedVersion">Refuse with <c>session.conflict</c> unless the session has this version; null for any.</param>
public sealed record EndSession(Guid Id, int? ExpectedVersion = null) : IRequest;

internal sealed class EndSessionHandler(
    ICaller caller,
    ISessionRepository sessions,
    ILiveConnections connections,
    IUnitOfWork unitOfWork,
    AuditTrail audit,
    TimeProvider time
) : AsyncRequestHandler<EndSession>
{
    protected override async Task Handle(EndSession request, CancellationToken cancellationToken)
    {
        var session = await SessionAccess.ChangeAsync(request.ExpectedVersion, () => EndAsync(request, cancellationToken));
        await connections.CloseAsync(session.Id, SessionEndReason.Revoked);
    }

    private Task<Session> EndAsync(EndSession request, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(
            async token =>
            {
                var session = await sessions.FindOwnAsync(request.Id, caller.UserId, token);
                session.ThrowIfChangedSince(request.ExpectedVersion);
                if (!session.HasEnded)
                {
                    audit.Record(AuditEvent.SessionEnded, session.UserId, detail: $"session {session.Id}");
                }

                session.End(SessionEndReason.Revoked, time.Now());
                return session;
            },
            cancellationToken
        );
}
