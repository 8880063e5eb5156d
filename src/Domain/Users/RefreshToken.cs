namespace BmadServer.Domain.Users;

/// <summary>
/// One refresh token of a family, kept only as the hash of its text. It can be exchanged once; whoever shows it again
/// shows that it was stolen or replayed, unless they repeat the very request whose answer they may never have seen.
/// </summary>
public sealed class RefreshToken
{
    private RefreshToken() { }

    /// <summary>SHA-256 of the token's text, in upper-case hexadecimal.</summary>
    public string Hash { get; private init; } = "";

    public TokenFamilyId FamilyId { get; private init; }

    public DateTimeOffset IssuedAt { get; private init; }

    public DateTimeOffset ExpiresAt { get; private init; }

    /// <summary>When it was exchanged for the next one. Written once, by an update that only one caller can win.</summary>
    public DateTimeOffset? ConsumedAt { get; private init; }

    /// <summary>SHA-256 of the idempotency key of that exchange, in upper-case hexadecimal; null where it had none.</summary>
    public string? ExchangeKeyHash { get; private init; }

    public static RefreshToken Issue(string hash, TokenFamilyId family, DateTimeOffset now, TimeSpan lifetime) =>
        new() { Hash = hash, FamilyId = family, IssuedAt = now, ExpiresAt = now + lifetime };

    public bool HasExpired(DateTimeOffset now) => now >= ExpiresAt;

    /// <summary>
    /// Whether showing this consumed token is a replay. A request that was already under way when another one consumed
    /// the token only lost a race (two tabs refreshing at once) and must not end the winner's family.
    /// </summary>
    public bool IsReplay(DateTimeOffset requestReceivedAt) => ConsumedAt is { } consumed && requestReceivedAt > consumed;

    /// <summary>Whether it was exchanged by a request with this idempotency key, so that another one with it repeats that one.</summary>
    public bool WasExchangedWith(string? keyHash) => ConsumedAt is not null && keyHash is not null && keyHash == ExchangeKeyHash;
}
