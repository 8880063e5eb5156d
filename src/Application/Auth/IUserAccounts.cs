using BmadServer.Domain.Common;
using BmadServer.Domain.Users;

namespace BmadServer.Application.Auth;

/// <summary>Accounts: who may sign in, and with what.</summary>
public interface IUserAccounts
{
    /// <summary>The salted, slow hash under which a password is stored. Takes tens of milliseconds of one core, on purpose.</summary>
    string HashPassword(string password);

    /// <exception cref="DomainException"><c>user.exists</c>: the address is taken, in whatever case.</exception>
    Task<User> CreateAsync(string email, string passwordHash, string displayName, CancellationToken cancellationToken);

    /// <summary>
    /// The user when the password is right and the account is not locked, otherwise null. It takes the same time for an
    /// address that nobody has, and counts failures towards the lock-out.
    /// </summary>
    Task<User?> VerifyAsync(string email, string password, CancellationToken cancellationToken);

    Task<User?> FindAsync(UserId id, CancellationToken cancellationToken);

    /// <param name="email">In whatever case.</param>
    Task<User?> FindByEmailAsync(string email, CancellationToken cancellationToken);
}
