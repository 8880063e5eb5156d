namespace BmadServer.Domain.Users;

public readonly record struct TokenFamilyId(Guid Value)
{
    public static TokenFamilyId New(DateTimeOffset now) => new(Guid.CreateVersion7(now));

    public override string ToString() => Value.ToString();
}

/// <summary>
/// One sign-in and all that came of it: the chain of refresh tokens and every access token issued beside them. When it
/// is revoked none of them is worth anything.
/// </summary>
public sealed class TokenFamily
{
    private TokenFamily() { }

    public TokenFamilyId Id { get; private init; }

    public UserId UserId { get; private init; }

    public DateTimeOffset SignedInAt { get; private init; }

    public DateTimeOffset? RevokedAt { get; private set; }

    public bool IsRevoked => RevokedAt is not null;

    public static TokenFamily Start(UserId user, DateTimeOffset now) =>
        new() { Id = TokenFamilyId.New(now), UserId = user, SignedInAt = now };

    public void Revoke(DateTimeOffset now) => RevokedAt ??= now;
}
