using BmadServer.Application.Auth;
using BmadServer.Domain.Common;
using BmadServer.Domain.Users;

namespace BmadServer.Application.Administration;

internal static class AnyAccount
{
    /// <param name="addressOrId">An email address in whatever case, or a user's id.</param>
    /// <exception cref="DomainException"><c>user.not_found</c>.</exception>
    public static async Task<User> FindAsync(this IUserAccounts accounts, string addressOrId, CancellationToken cancellationToken)
    {
        var user = Guid.TryParse(addressOrId, out var id)
            ? await accounts.FindAsync(new UserId(id), cancellationToken)
            : await accounts.FindByEmailAsync(addressOrId.Trim(), cancellationToken);
        return user ?? throw AuthErrors.UserNotFound();
    }
}
