using BmadServer.Application.Audit;
using BmadServer.Application.Common;
using BmadServer.Application.Sessions;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using MediatR;

namespace BmadServer.Application.Administration;

/// <summary>
/// Ends a session, whoever's it is, and closes its connection. The device may come back with its sign-in, and then gets another
/// one. One that has ended stays so.
/// </summary>
public sealed record EndAnySession(Guid Id) : IRequest<EndedSessions>;

/// <param name="Count">How many were open.</param>
public sealed record EndedSessions(int Count);

internal sealed class EndAnySessionHandler(
    ISessionRepository sessions,
    ILiveConnections connections,
    IUnitOfWork unitOfWork,
    AuditTrail audit,
    TimeProvider time
) : IRequestHandler<EndAnySession, EndedSessions>
{
    public async Task<EndedSessions> Handle(EndAnySession request, CancellationToken cancellationToken)
    {
        var wasOpen = await OptimisticConcurrency.RetryAsync(
            () => unitOfWork.ExecuteAsync(token => EndAsync(new SessionId(request.Id), token), cancellationToken)
        );
        await connections.CloseAsync(new SessionId(request.Id), SessionEndReason.Revoked);
        return new EndedSessions(wasOpen ? 1 : 0);
    }

    private async Task<bool> EndAsync(SessionId id, CancellationToken cancellationToken)
    {
        var session = await sessions.FindAsync(id, cancellationToken) ?? throw SessionErrors.NotFound();
        var wasOpen = !session.HasEnded;
        session.End(SessionEndReason.Revoked, time.Now());
        if (wasOpen)
        {
            audit.Record(AuditEvent.SessionEnded, session.UserId, detail: $"session {session.Id}");
        }

        return wasOpen;
    }
}
