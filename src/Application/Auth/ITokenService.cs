using BmadServer.Domain.Users;

namespace BmadServer.Application.Auth;

/// <summary>Makes the tokens that a signed-in user carries.</summary>
public interface ITokenService
{
    /// <summary>A signed access token for this user and sign-in.</summary>
    AccessToken CreateAccessToken(User user, TokenFamilyId family);

    /// <summary>What an access token of ours says, or null when it is none, or out of date. Whether its sign-in still stands is not asked.</summary>
    Task<AccessTokenContent?> ReadAccessTokenAsync(string? text);

    /// <summary>A new random refresh token and the hash that is stored of it.</summary>
    (string Text, string Hash) CreateRefreshToken();

    /// <summary>Of a refresh token or an idempotency key: SHA-256, in upper-case hexadecimal.</summary>
    string Hash(string text);
}

/// <param name="Lifetime">How long it is valid from now.</param>
public sealed record AccessToken(string Text, TimeSpan Lifetime)
{
    /// <summary>Tokens are secrets, and records print their fields.</summary>
    public override string ToString() => nameof(AccessToken);
}

/// <param name="ExpiresAt">As the token says, without grace for clocks that differ.</param>
public sealed record AccessTokenContent(UserId UserId, TokenFamilyId FamilyId, DateTimeOffset ExpiresAt);

/// <summary>What a sign-in or a refresh gives.</summary>
/// <param name="RefreshToken">Goes into the cookie, never into a body or a log.</param>
public sealed record Tokens(UserView User, AccessToken AccessToken, string RefreshToken, TimeSpan RefreshTokenLifetime)
{
    /// <summary>Tokens are secrets, and records print their fields.</summary>
    public override string ToString() => nameof(Tokens);
}

public sealed record UserView(Guid Id, string Email, string DisplayName)
{
    internal static UserView Of(User user) => new(user.Id.Value, user.Email, user.DisplayName);
}
