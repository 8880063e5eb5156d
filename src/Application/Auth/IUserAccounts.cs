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
    /// The user when the password is right and the account neither locked nor disabled, otherwise null. It takes the same time
    /// for an address that nobody has, and counts failures towards the lock-out.
    /// </summary>
    Task<User?> VerifyAsync(string email, string password, CancellationToken cancellationToken);

    /// <summary>
    /// For the transaction that begins a sign-in: what was verified still holds, and does until the transaction ends. So a
    /// sign-in is either refused here, or seen by whoever disables the account or changes its password, and ended.
    /// </summary>
    /// <exception cref="DomainException">
    /// <c>auth.invalid_credentials</c>: the account was disabled, or got another password, since it was verified.
    /// </exception>
    Task ConfirmAsync(User verified, CancellationToken cancellationToken);

    /// <summary>All accounts, by address.</summary>
    Task<IReadOnlyList<Account>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Nobody signs in with it any more. Sign-ins that stand are not ended by this. One that was disabled before stays so since then.</summary>
    Task DisableAsync(UserId id, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Undoes a disabling and a lock-out.</summary>
    Task EnableAsync(UserId id, CancellationToken cancellationToken);

    /// <summary>Replaces the password, and undoes a lock-out.</summary>
    Task SetPasswordAsync(UserId id, string passwordHash, CancellationToken cancellationToken);

    Task<User?> FindAsync(UserId id, CancellationToken cancellationToken);

    /// <summary>The same, locked until the transaction ends: whoever else asks for it in this way waits, on whatever node.</summary>
    Task<User?> FindForUpdateAsync(UserId id, CancellationToken cancellationToken);

    /// <param name="email">In whatever case.</param>
    Task<User?> FindByEmailAsync(string email, CancellationToken cancellationToken);
}

/// <param name="LockedUntil">When the lock-out after too many wrong passwords ends; null where there is none.</param>
public sealed record Account(User User, DateTimeOffset? LockedUntil);
