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
    /// The user when the password is right and the account neither disabled nor locked for the caller's network address
    /// (<see cref="ClientNetwork"/>), otherwise null. An email address that nobody has costs the same work and the same time. Counts
    /// failures towards the lock-out.
    /// </summary>
    /// <param name="email">In whatever case.</param>
    Task<User?> VerifyAsync(string email, string password, CancellationToken cancellationToken);

    /// <summary>The same for a user who is signed in.</summary>
    Task<User?> VerifyAsync(UserId id, string password, CancellationToken cancellationToken);

    /// <summary>Forgets the places from which nobody has tried to sign in, or did so, for long.</summary>
    /// <returns>How many.</returns>
    Task<int> ForgetOriginsAsync(CancellationToken cancellationToken);

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

    /// <summary>Replaces the password, undoes a lock-out of the account, and forgets its places, known or locked.</summary>
    /// <param name="keptOrigin">The one place (<see cref="ClientNetwork"/>) that is not forgotten; null for none.</param>
    Task SetPasswordAsync(UserId id, string passwordHash, string? keptOrigin, CancellationToken cancellationToken);

    Task<User?> FindAsync(UserId id, CancellationToken cancellationToken);

    /// <summary>The same, locked until the transaction ends: whoever else asks for it in this way waits, on whatever node.</summary>
    Task<User?> FindForUpdateAsync(UserId id, CancellationToken cancellationToken);

    /// <param name="email">In whatever case.</param>
    Task<User?> FindByEmailAsync(string email, CancellationToken cancellationToken);
}

/// <param name="LockedUntil">
/// When the last lock-out after too many wrong passwords ends, for whatever network address it is; null where there is none.
/// </param>
public sealed record Account(User User, DateTimeOffset? LockedUntil);
