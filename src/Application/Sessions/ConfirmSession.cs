using BmadServer.Application.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using MediatR;

namespace BmadServer.Application.Sessions;

/// <summary>
/// How the caller's session stands once its connection can be reached. What happened to it or to its workflows between
/// <see cref="OpenSession"/> and then reached nobody, and is seen here.
/// </summary>
public sealed record ConfirmSession(SessionId SessionId, string ConnectionId) : IRequest<ConfirmedSession>;

/// <param name="EndReason">Why the connection must go, or null when it may stay.</param>
/// <param name="JoinedWorkflows">What the user is still in; the events after each <c>LastSequence</c> arrive.</param>
public sealed record ConfirmedSession(SessionEndReason? EndReason, IReadOnlyList<JoinedWorkflow> JoinedWorkflows);

internal sealed class ConfirmSessionHandler(
    ISessionRepository sessions,
    ITokenFamilyRepository families,
    JoinedWorkflows joinedWorkflows,
    IUnitOfWork unitOfWork
) : IRequestHandler<ConfirmSession, ConfirmedSession>
{
    public Task<ConfirmedSession> Handle(ConfirmSession request, CancellationToken cancellationToken) =>
        unitOfWork.ReadAsync(
            async token =>
            {
                var session = await sessions.FindAsync(request.SessionId, token) ?? throw SessionErrors.NotFound();
                return new ConfirmedSession(
                    await EndReasonAsync(session, request.ConnectionId, token),
                    await joinedWorkflows.OfAsync(session, token)
                );
            },
            cancellationToken
        );

    private async Task<SessionEndReason?> EndReasonAsync(
        Session session,
        string connectionId,
        CancellationToken cancellationToken
    )
    {
        if (session.EndReason is { } ended)
        {
            return ended;
        }

        if (session.ConnectionId != connectionId)
        {
            return SessionEndReason.Replaced;
        }

        // Who revoked the sign-in before the session was stored found no session to end.
        return await families.FindAsync(session.FamilyId, cancellationToken) is { IsRevoked: false }
            ? null
            : SessionEndReason.Revoked;
    }
}
