using BmadServer.Application.Audit;
using BmadServer.Application.Auth;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using MediatR;

namespace BmadServer.Application.Administration;

/// <summary>
/// Lets nobody sign in with the account any more, and ends its sign-ins and sessions. What the user wrote stays, and so does
/// their place in the workflows. One that is disabled already stays so.
/// </summary>
/// <param name="User">The account's email address or id.</param>
public sealed record DisableUser(string User) : IRequest<ChangedUser>;

/// <param name="EndedSessions">How many were open.</param>
public sealed record ChangedUser(Guid Id, string Email, int EndedSessions);

internal sealed class DisableUserHandler(IUserAccounts accounts, SignInEnder signIns, AuditTrail audit, TimeProvider time)
    : IRequestHandler<DisableUser, ChangedUser>
{
    public async Task<ChangedUser> Handle(DisableUser request, CancellationToken cancellationToken)
    {
        var user = await accounts.FindAsync(request.User, cancellationToken);
        var ended = await signIns.EndAllAsync(
            user.Id,
            SessionEndReason.Revoked,
            async token =>
            {
                await accounts.DisableAsync(user.Id, time.Now(), token);
                audit.Record(AuditEvent.UserDisabled, user.Id);
            },
            cancellationToken
        );
        return new ChangedUser(user.Id.Value, user.Email, ended);
    }
}
