using System.Diagnostics;
using BmadServer.Application.Auth;
using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using BmadServer.Infrastructure.Persistence;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Infrastructure.Auth;

/// <summary>Accounts on ASP.NET Core Identity: its store, its password hash and its lock-out rules.</summary>
internal sealed class UserAccounts(
    UserManager<ApplicationUser> users,
    AppDbContext db,
    IUnitOfWork unitOfWork,
    DummyPassword dummy,
    TimeProvider time
) : IUserAccounts
{
    /// <summary>
    /// A refused sign-in is answered no sooner than this, so that whether a failure was counted, and for whom, cannot be
    /// read from the clock. It covers the password hash with room to spare.
    /// </summary>
    private static readonly TimeSpan RefusalTime = TimeSpan.FromMilliseconds(400);

    public string HashPassword(string password) => users.PasswordHasher.HashPassword(null!, password);

    public async Task<User> CreateAsync(
        string email,
        string passwordHash,
        string displayName,
        CancellationToken cancellationToken
    )
    {
        var now = time.Now();
        var user = new ApplicationUser
        {
            Id = UserId.New(now).Value,
            UserName = email,
            Email = email,
            PasswordHash = passwordHash,
            DisplayName = displayName,
            CreatedAt = now,
        };
        IdentityResult result;
        try
        {
            result = await users.CreateAsync(user);
        }
        catch (DbUpdateException failure) when (DatabaseErrors.IsDuplicateKey(failure))
        {
            throw AuthErrors.UserExists();
        }

        if (result.Succeeded)
        {
            return user.ToUser();
        }

        var describer = users.ErrorDescriber;
        var isTaken = result.Errors.Any(error =>
            error.Code is nameof(describer.DuplicateEmail) or nameof(describer.DuplicateUserName)
        );
        throw isTaken
            ? AuthErrors.UserExists()
            : new ValidationFailedException("email", string.Join(" ", result.Errors.Select(error => error.Description)));
    }

    public async Task<User?> VerifyAsync(string email, string password, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var normalized = users.NormalizeEmail(email);
        var user = await db
            .Users.AsNoTracking()
            .SingleOrDefaultAsync(account => account.NormalizedEmail == normalized, cancellationToken);
        var verdict = users.PasswordHasher.VerifyHashedPassword(null!, user?.PasswordHash ?? dummy.Hash, password);

        if (verdict != PasswordVerificationResult.Failed)
        {
            if (user is not null && await TryPassAsync(user, cancellationToken))
            {
                return user.ToUser();
            }
        }
        else if (user is { DisabledAt: null } && !IsLocked(user))
        {
            await CountFailureAsync(user, cancellationToken);
        }

        var rest = RefusalTime - Stopwatch.GetElapsedTime(started);
        if (rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, cancellationToken);
        }

        return null;
    }

    public async Task ConfirmAsync(User verified, CancellationToken cancellationToken)
    {
        // Written, although nothing changes, so that whoever disables the account waits for this transaction, or this one for theirs.
        var confirmed = await db
            .Users.Where(account =>
                account.Id == verified.Id.Value && account.DisabledAt == null && account.SecurityStamp == verified.PasswordStamp
            )
            .ExecuteUpdateAsync(
                update => update.SetProperty(account => account.SecurityStamp, account => account.SecurityStamp),
                cancellationToken
            );
        if (confirmed == 0)
        {
            throw AuthErrors.InvalidCredentials();
        }
    }

    public async Task<IReadOnlyList<Account>> ListAsync(CancellationToken cancellationToken)
    {
        var now = time.Now();
        var all = await db.Users.AsNoTracking().OrderBy(account => account.NormalizedEmail).ToListAsync(cancellationToken);
        return [.. all.Select(account => new Account(account.ToUser(), account.LockoutEnd > now ? account.LockoutEnd : null))];
    }

    public Task DisableAsync(UserId id, DateTimeOffset now, CancellationToken cancellationToken) =>
        db
            .Users.Where(account => account.Id == id.Value)
            .ExecuteUpdateAsync(
                update => update.SetProperty(account => account.DisabledAt, account => account.DisabledAt ?? now),
                cancellationToken
            );

    public Task EnableAsync(UserId id, CancellationToken cancellationToken) =>
        db
            .Users.Where(account => account.Id == id.Value)
            .ExecuteUpdateAsync(
                update =>
                    update
                        .SetProperty(account => account.DisabledAt, (DateTimeOffset?)null)
                        .SetProperty(account => account.LockoutEnd, (DateTimeOffset?)null)
                        .SetProperty(account => account.AccessFailedCount, 0),
                cancellationToken
            );

    public Task SetPasswordAsync(UserId id, string passwordHash, CancellationToken cancellationToken)
    {
        var stamp = Guid.CreateVersion7(time.Now()).ToString("N");
        return db
            .Users.Where(account => account.Id == id.Value)
            .ExecuteUpdateAsync(
                update =>
                    update
                        .SetProperty(account => account.PasswordHash, passwordHash)
                        .SetProperty(account => account.SecurityStamp, stamp)
                        .SetProperty(account => account.LockoutEnd, (DateTimeOffset?)null)
                        .SetProperty(account => account.AccessFailedCount, 0),
                cancellationToken
            );
    }

    public async Task<User?> FindAsync(UserId id, CancellationToken cancellationToken)
    {
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(account => account.Id == id.Value, cancellationToken);
        return user?.ToUser();
    }

    public async Task<User?> FindForUpdateAsync(UserId id, CancellationToken cancellationToken)
    {
        // Written, although nothing changes: that locks the row in either database.
        await db
            .Users.Where(account => account.Id == id.Value)
            .ExecuteUpdateAsync(
                update => update.SetProperty(account => account.DisplayName, account => account.DisplayName),
                cancellationToken
            );
        return await FindAsync(id, cancellationToken);
    }

    public async Task<User?> FindByEmailAsync(string email, CancellationToken cancellationToken)
    {
        var normalized = users.NormalizeEmail(email);
        var user = await db
            .Users.AsNoTracking()
            .SingleOrDefaultAsync(account => account.NormalizedEmail == normalized, cancellationToken);
        return user?.ToUser();
    }

    private bool IsLocked(ApplicationUser user) => user.LockoutEnd is { } end && end > time.Now();

    /// <summary>
    /// In one statement, which simultaneous guesses cannot slip past; Identity's own counting reads first and writes later.
    /// </summary>
    private Task<int> CountFailureAsync(ApplicationUser user, CancellationToken cancellationToken)
    {
        var rules = users.Options.Lockout;
        var limit = rules.MaxFailedAccessAttempts;
        DateTimeOffset? lockoutEnd = time.Now() + rules.DefaultLockoutTimeSpan;
        return unitOfWork.ExecuteAsync(
            token =>
                db
                    .Users.Where(account => account.Id == user.Id)
                    .ExecuteUpdateAsync(
                        update =>
                            update
                                .SetProperty(
                                    account => account.LockoutEnd,
                                    account => account.AccessFailedCount + 1 >= limit ? lockoutEnd : account.LockoutEnd
                                )
                                .SetProperty(
                                    account => account.AccessFailedCount,
                                    account => account.AccessFailedCount + 1 >= limit ? 0 : account.AccessFailedCount + 1
                                ),
                        token
                    ),
            cancellationToken
        );
    }

    /// <summary>
    /// Forgets earlier failures, unless the account is locked by now: guesses that were checked at the same time may have
    /// locked it since it was read.
    /// </summary>
    /// <returns>Whether the account is neither locked nor disabled.</returns>
    private async Task<bool> TryPassAsync(ApplicationUser user, CancellationToken cancellationToken)
    {
        var now = time.Now();
        return await unitOfWork.ExecuteAsync(
                token =>
                    db
                        .Users.Where(account =>
                            account.Id == user.Id
                            && account.DisabledAt == null
                            && (account.LockoutEnd == null || account.LockoutEnd <= now)
                        )
                        .ExecuteUpdateAsync(update => update.SetProperty(account => account.AccessFailedCount, 0), token),
                cancellationToken
            ) == 1;
    }
}

/// <summary>A hash that no password matches, so that an unknown address costs the same work as a known one.</summary>
internal sealed class DummyPassword(IPasswordHasher<ApplicationUser> hasher)
{
    public string Hash { get; } = hasher.HashPassword(null!, Guid.CreateVersion7().ToString());
}
