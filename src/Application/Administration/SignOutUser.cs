using BmadServer.Application.Audit;
using BmadServer.Application.Auth;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Sessions;
using MediatR;

namespace BmadServer.Application.Administration;

/// <summary>Ends all sessions of a user and the sign-ins that they came with: each device has to sign in again.</summary>
/// <param name="User">The account's email address or id.</param>
public sealed record SignOutUser(string User) : IRequest<EndedSessions>;

internal sealed class SignOutUserHandler(IUserAccounts accounts, SignInEnder signIns, AuditTrail audit) : IRequestHandler<SignOutUser, EndedSessions>
{
    public async Task<EndedSessions> Handle(SignOutUser request, CancellationToken cancellationToken)
    {
        var user = await accounts.FindAsync(request.User, cancellationToken);
        var ended = await signIns.EndAllAsync(
            user.Id,
            SessionEndReason.Revoked,
            _ =>
            {
                audit.Record(AuditEvent.SessionsEnded, user.Id);
                return Task.CompletedTask;
            },
            cancellationToken
        );
        return new EndedSessions(ended);
    }
}
