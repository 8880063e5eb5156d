using System.Diagnostics;
using System.Linq.Expressions;
using BmadServer.Application.Audit;
using BmadServer.Application.Auth;
using BmadServer.Application.Common;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using BmadServer.Infrastructure.Persistence;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Infrastructure.Auth;

/// <summary>Accounts on ASP.NET Core Identity: its store and its password hash.</summary>
internal sealed class UserAccounts(
    UserManager<ApplicationUser> users,
    AppDbContext db,
    IUnitOfWork unitOfWork,
    DummyPassword dummy,
    ICaller caller,
    AuditTrail audit,
    RefusalEntries entries,
    TimeProvider time
) : IUserAccounts
{
    /// <summary>
    /// A refused sign-in is answered no sooner than this, so that whether a failure was counted, and for whom, cannot be
    /// read from the clock, nor whether it is entered in the audit log. It covers the password hash with room to spare.
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
        var normalized = users.NormalizeEmail(email);
        return await VerifyAsync(account => account.NormalizedEmail == normalized, password, cancellationToken);
    }

    public Task<User?> VerifyAsync(UserId id, string password, CancellationToken cancellationToken) =>
        VerifyAsync(account => account.Id == id.Value, password, cancellationToken);

    public async Task ConfirmAsync(User verified, CancellationToken cancellationToken)
    {
        // So that whoever disables the account waits for this transaction, or this one for theirs.
        var isStanding = await TryLockAsync(
            account => account.Id == verified.Id.Value && account.DisabledAt == null && account.SecurityStamp == verified.PasswordStamp,
            cancellationToken
        );
        if (!isStanding)
        {
            throw AuthErrors.InvalidCredentials();
        }
    }

    public async Task<IReadOnlyList<Account>> ListAsync(CancellationToken cancellationToken)
    {
        var now = time.Now();
        var all = await db.Users.AsNoTracking().OrderBy(account => account.NormalizedEmail).ToListAsync(cancellationToken);
        var locked = await db
            .KnownOrigins.AsNoTracking()
            .Where(known => known.LockedUntil > now)
            .Select(known => new { known.UserId, known.LockedUntil })
            .ToListAsync(cancellationToken);
        var ends = locked.ToLookup(known => known.UserId, known => known.LockedUntil);
        return [.. all.Select(account => new Account(account.ToUser(), ends[account.Id].Append(account.LockoutEnd).Where(end => end > now).Max()))];
    }

    public Task DisableAsync(UserId id, DateTimeOffset now, CancellationToken cancellationToken) =>
        db
            .Users.Where(account => account.Id == id.Value)
            .ExecuteUpdateAsync(
                update => update.SetProperty(account => account.DisabledAt, account => account.DisabledAt ?? now),
                cancellationToken
            );

    public async Task EnableAsync(UserId id, CancellationToken cancellationToken)
    {
        await db
            .Users.Where(account => account.Id == id.Value)
            .ExecuteUpdateAsync(
                update =>
                    update
                        .SetProperty(account => account.DisabledAt, (DateTimeOffset?)null)
                        .SetProperty(account => account.LockoutEnd, (DateTimeOffset?)null)
                        .SetProperty(account => account.AccessFailedCount, 0),
                cancellationToken
            );
        await OriginsOf(id.Value)
            .ExecuteUpdateAsync(
                update => update.SetProperty(known => known.Failures, 0).SetProperty(known => known.LockedUntil, (DateTimeOffset?)null),
                cancellationToken
            );
    }

    public async Task SetPasswordAsync(UserId id, string passwordHash, string? keptOrigin, CancellationToken cancellationToken)
    {
        var stamp = Guid.CreateVersion7(time.Now()).ToString("N");
        await db
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

        // Whoever signed in elsewhere may have known the old password without being the owner.
        await OriginsOf(id.Value).Where(known => keptOrigin == null || known.Origin != keptOrigin).ExecuteDeleteAsync(cancellationToken);
    }

    public Task<int> ForgetOriginsAsync(CancellationToken cancellationToken)
    {
        var now = time.Now();
        var (failed, signedIn) = (now - LockoutRules.FailuresFor, now - LockoutRules.KnownFor);
        return db
            .KnownOrigins.Where(known =>
                (known.FailedAt == null || known.FailedAt < failed) && (known.SucceededAt == null || known.SucceededAt < signedIn)
            )
            .ExecuteDeleteAsync(cancellationToken);
    }

    public async Task<User?> FindAsync(UserId id, CancellationToken cancellationToken)
    {
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(account => account.Id == id.Value, cancellationToken);
        return user?.ToUser();
    }

    public async Task<User?> FindForUpdateAsync(UserId id, CancellationToken cancellationToken)
    {
        await TryLockAsync(account => account.Id == id.Value, cancellationToken);
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

    /// <summary>One password hash, whatever comes of it: of an unknown, a disabled and a locked account too.</summary>
    private async Task<User?> VerifyAsync(
        Expression<Func<ApplicationUser, bool>> isMeant,
        string password,
        CancellationToken cancellationToken
    )
    {
        var started = Stopwatch.GetTimestamp();
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(isMeant, cancellationToken);
        var verdict = users.PasswordHasher.VerifyHashedPassword(null!, user?.PasswordHash ?? dummy.Hash, password);
        var origin = ClientNetwork.Of(caller.Address);
        if (user is not { DisabledAt: null })
        {
            var why = user is null ? "unknown account" : "disabled account";
            var isEntered = entries.TryTake();
            await StoreAsync(token => CountFailureAsync(user?.Id, why, isCounted: false, isEntered, origin, token), cancellationToken);
        }
        else if (verdict == PasswordVerificationResult.Failed)
        {
            await StoreAsync(token => CountFailureAsync(user.Id, "wrong password", isCounted: true, isEntered: true, origin, token), cancellationToken);
        }
        else if (await StoreAsync(token => TryPassAsync(user.Id, origin, token), cancellationToken))
        {
            return user.ToUser();
        }

        var rest = RefusalTime - Stopwatch.GetElapsedTime(started);
        if (rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, cancellationToken);
        }

        return null;
    }

    /// <summary>Of two that are the first ones from their place one comes too late to store it, and finds it the next time.</summary>
    private async Task<bool> StoreAsync(Func<CancellationToken, Task<bool>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await unitOfWork.ExecuteAsync(work, cancellationToken);
        }
        catch (DuplicateKeyException)
        {
            return await unitOfWork.ExecuteAsync(work, cancellationToken);
        }
    }

    /// <summary>
    /// Holds the account's row until the transaction ends. It is written, although nothing changes: that locks it in either database.
    /// </summary>
    /// <returns>Whether there is one that is so.</returns>
    private async Task<bool> TryLockAsync(Expression<Func<ApplicationUser, bool>> isMeant, CancellationToken cancellationToken) =>
        await db
            .Users.Where(isMeant)
            .ExecuteUpdateAsync(
                update => update.SetProperty(account => account.DisplayName, account => account.DisplayName),
                cancellationToken
            ) > 0;

    private IQueryable<KnownOrigin> OriginsOf(Guid user) => db.KnownOrigins.Where(known => known.UserId == user);

    private async Task<bool> IsKnownAsync(Guid user, string origin, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now - LockoutRules.KnownFor;
        return await OriginsOf(user).AnyAsync(known => known.Origin == origin && known.SucceededAt >= since, cancellationToken);
    }

    /// <summary>
    /// In single statements, which simultaneous guesses cannot slip past. While no password would be taken from there none is counted, or a
    /// lock would never end, and none is entered in the audit log, or it would never end either: the entry of the lock stands for it.
    /// Counted or not, the tables of the lock-out are asked the same: what is not counted is counted for nobody.
    /// </summary>
    /// <returns>False: the password was not right.</returns>
    private async Task<bool> CountFailureAsync(
        Guid? account,
        string why,
        bool isCounted,
        bool isEntered,
        string origin,
        CancellationToken cancellationToken
    )
    {
        var now = time.Now();
        var user = isCounted ? account!.Value : Guid.Empty;
        var isKnown = await IsKnownAsync(user, origin, now, cancellationToken);
        if (await IsLockedAsync(user, origin, isKnown, now, cancellationToken))
        {
            (user, isEntered) = (Guid.Empty, false);
        }

        if (!isKnown)
        {
            DateTimeOffset? accountLock = now + LockoutRules.AccountLock;
            await db
                .Users.Where(account => account.Id == user)
                .ExecuteUpdateAsync(
                    update =>
                        update
                            .SetProperty(
                                account => account.LockoutEnd,
                                account => account.AccessFailedCount + 1 >= LockoutRules.AccountLimit ? accountLock : account.LockoutEnd
                            )
                            .SetProperty(
                                account => account.AccessFailedCount,
                                account => account.AccessFailedCount + 1 >= LockoutRules.AccountLimit ? 0 : account.AccessFailedCount + 1
                            ),
                    cancellationToken
                );
        }

        DateTimeOffset? originLock = now + LockoutRules.OriginLock;
        var since = now - LockoutRules.FailuresFor;
        var counted = await OriginsOf(user)
            .Where(known => known.Origin == origin)
            .ExecuteUpdateAsync(
                update =>
                    update
                        .SetProperty(known => known.FailedAt, now)
                        .SetProperty(
                            known => known.LockedUntil,
                            known => known.FailedAt >= since && known.Failures + 1 >= LockoutRules.OriginLimit ? originLock : known.LockedUntil
                        )
                        .SetProperty(
                            known => known.Failures,
                            known =>
                                known.FailedAt < since ? 1
                                : known.Failures + 1 >= LockoutRules.OriginLimit ? 0
                                : known.Failures + 1
                        ),
                cancellationToken
            );
        if (counted == 0 && user != Guid.Empty)
        {
            db.KnownOrigins.Add(new KnownOrigin { UserId = user, Origin = origin, Failures = 1, FailedAt = now });
        }

        if (isEntered)
        {
            RecordRefusal(account, why);
        }

        if (await IsLockedAsync(user, origin, isKnown, now, cancellationToken))
        {
            audit.Record(AuditEvent.LockedOut, new UserId(user));
        }

        return false;
    }

    /// <returns>Whether no password would be taken from there.</returns>
    private async Task<bool> IsLockedAsync(Guid user, string origin, bool isKnown, DateTimeOffset now, CancellationToken cancellationToken) =>
        await OriginsOf(user).AnyAsync(known => known.Origin == origin && known.LockedUntil > now, cancellationToken)
        || (!isKnown && await db.Users.AnyAsync(account => account.Id == user && account.LockoutEnd > now, cancellationToken));

    /// <summary>Of an account that does not exist, the audit log does not say which one was meant.</summary>
    private void RecordRefusal(Guid? user, string why) =>
        audit.Record(AuditEvent.SignInFailed, user is { } id ? new UserId(id) : null, detail: why);

    /// <summary>
    /// Notes the place as a known one and forgets its earlier failures, and those of all unknown places if it was one of them, unless it is
    /// locked by now: guesses that were checked at the same time may have locked it since the account was read. A known place does not speak
    /// for the unknown ones, or each sign-in of the owner's would give strangers a new start.
    /// </summary>
    /// <returns>Whether the account is neither disabled nor locked for this place.</returns>
    private async Task<bool> TryPassAsync(Guid user, string origin, CancellationToken cancellationToken)
    {
        // Who guesses from unknown places waits, and in this order, account before place, as they do.
        if (!await TryLockAsync(account => account.Id == user && account.DisabledAt == null, cancellationToken))
        {
            RecordRefusal(user, "disabled account");
            return false;
        }

        var now = time.Now();
        var isKnown = await IsKnownAsync(user, origin, now, cancellationToken);
        if (await IsLockedAsync(user, origin, isKnown, now, cancellationToken))
        {
            return false;
        }

        var noted = await OriginsOf(user)
            .Where(known => known.Origin == origin && (known.LockedUntil == null || known.LockedUntil <= now))
            .ExecuteUpdateAsync(
                update => update.SetProperty(known => known.Failures, 0).SetProperty(known => known.SucceededAt, now),
                cancellationToken
            );
        if (noted == 0)
        {
            if (await OriginsOf(user).AnyAsync(known => known.Origin == origin, cancellationToken))
            {
                return false;
            }

            db.KnownOrigins.Add(new KnownOrigin { UserId = user, Origin = origin, SucceededAt = now });
        }

        if (!isKnown)
        {
            await db
                .Users.Where(account => account.Id == user)
                .ExecuteUpdateAsync(update => update.SetProperty(account => account.AccessFailedCount, 0), cancellationToken);
        }

        return true;
    }
}

/// <summary>A hash that no password matches, so that an unknown address costs the same work as a known one.</summary>
internal sealed class DummyPassword(IPasswordHasher<ApplicationUser> hasher)
{
    public string Hash { get; } = hasher.HashPassword(null!, Guid.CreateVersion7().ToString());
}
