using BmadServer.Application.Auth;
using BmadServer.Domain.Sessions;
using MediatR;

namespace BmadServer.Application.Administration;

/// <summary>All accounts, by address, for the operator.</summary>
public sealed record ListUsers : IRequest<UserList>;

public sealed record UserList(IReadOnlyList<UserLine> Users);

/// <param name="DisabledAt">Since when nobody may sign in with it; null while one may.</param>
/// <param name="LockedUntil">When the last lock-out after too many wrong passwords ends, from wherever they came; null where there is none.</param>
/// <param name="OpenSessions">Connected or not.</param>
public sealed record UserLine(
    Guid Id,
    string Email,
    string DisplayName,
    DateTimeOffset CreatedAt,
    DateTimeOffset? DisabledAt,
    DateTimeOffset? LockedUntil,
    int OpenSessions
);

internal sealed class ListUsersHandler(IUserAccounts accounts, ISessionRepository sessions) : IRequestHandler<ListUsers, UserList>
{
    public async Task<UserList> Handle(ListUsers request, CancellationToken cancellationToken)
    {
        var open = await sessions.CountOpenAsync(cancellationToken);
        return new UserList(
            [
                .. from account in await accounts.ListAsync(cancellationToken)
                let user = account.User
                select new UserLine(
                    user.Id.Value,
                    user.Email,
                    user.DisplayName,
                    user.CreatedAt,
                    user.DisabledAt,
                    account.LockedUntil,
                    open.GetValueOrDefault(user.Id)
                ),
            ]
        );
    }
}
