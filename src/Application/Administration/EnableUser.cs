using BmadServer.Application.Audit;
using BmadServer.Application.Auth;
using BmadServer.Application.Common;
using BmadServer.Domain.Audit;
using MediatR;

namespace BmadServer.Application.Administration;

/// <summary>Lets the account's owner sign in again, after a disabling or a lock-out. What was ended by it stays ended.</summary>
/// <param name="User">The account's email address or id.</param>
public sealed record EnableUser(string User) : IRequest<ChangedUser>;

internal sealed class EnableUserHandler(IUserAccounts accounts, IUnitOfWork unitOfWork, AuditTrail audit) : IRequestHandler<EnableUser, ChangedUser>
{
    public async Task<ChangedUser> Handle(EnableUser request, CancellationToken cancellationToken)
    {
        var user = await accounts.FindAsync(request.User, cancellationToken);
        await unitOfWork.ExecuteAsync(
            async token =>
            {
                await accounts.EnableAsync(user.Id, token);
                audit.Record(AuditEvent.UserEnabled, user.Id);
            },
            cancellationToken
        );
        return new ChangedUser(user.Id.Value, user.Email, EndedSessions: 0);
    }
}
