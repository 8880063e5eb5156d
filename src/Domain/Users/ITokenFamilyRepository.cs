namespace BmadServer.Domain.Users;

public interface ITokenFamilyRepository
{
    void Add(TokenFamily family);

    void Add(RefreshToken token);

    /// <summary>Tracked for changes, or null.</summary>
    Task<TokenFamily?> FindAsync(TokenFamilyId id, CancellationToken cancellationToken);

    /// <summary>Whether this is a sign-in of this user's that has not ended.</summary>
    Task<bool> StandsAsync(TokenFamilyId id, UserId user, CancellationToken cancellationToken);

    /// <summary>Revokes all of the user's that stand.</summary>
    /// <param name="except">Less this one.</param>
    /// <returns>How many.</returns>
    Task<int> RevokeAllAsync(UserId user, TokenFamilyId? except, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Those that were revoked at this time or later.</summary>
    Task<IReadOnlyList<TokenFamilyId>> ListRevokedAsync(DateTimeOffset since, CancellationToken cancellationToken);

    Task<RefreshToken?> FindTokenAsync(string hash, CancellationToken cancellationToken);

    /// <summary>
    /// Marks the token as exchanged, unless somebody else has: of any number of simultaneous calls exactly one returns true.
    /// </summary>
    /// <param name="keyHash">Of the request's idempotency key, if it has one.</param>
    Task<bool> TryConsumeAsync(string hash, string? keyHash, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Whether any token that the family got at <paramref name="issuedSince"/> or later was exchanged before that moment.</summary>
    Task<bool> AnyConsumedAsync(
        TokenFamilyId family,
        DateTimeOffset issuedSince,
        DateTimeOffset consumedBefore,
        CancellationToken cancellationToken
    );

    /// <summary>Deletes refresh tokens that expired before that moment, the oldest first.</summary>
    /// <returns>How many; at most the limit.</returns>
    Task<int> DeleteExpiredAsync(DateTimeOffset expiredBefore, int limit, CancellationToken cancellationToken);
}
