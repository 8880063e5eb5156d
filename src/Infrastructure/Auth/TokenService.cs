using System.Buffers.Text;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using BmadServer.Application.Auth;
using BmadServer.Domain.Users;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BmadServer.Infrastructure.Auth;

internal sealed class TokenService(SigningKey signingKey, AccessTokenRules rules, TimeProvider time) : ITokenService
{
    private const int RefreshTokenBytes = 32;

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    public AccessToken CreateAccessToken(User user, TokenFamilyId family)
    {
        var now = time.GetUtcNow();
        var text = Handler.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = JwtOptions.Issuer,
                Audience = JwtOptions.Audience,
                IssuedAt = now.UtcDateTime,
                NotBefore = now.UtcDateTime,
                Expires = now.UtcDateTime + JwtOptions.AccessTokenLifetime,
                SigningCredentials = new SigningCredentials(signingKey.Key, SecurityAlgorithms.HmacSha256),
                Claims = new Dictionary<string, object>
                {
                    [JwtRegisteredClaimNames.Sub] = user.Id.ToString(),
                    [JwtRegisteredClaimNames.Name] = user.DisplayName,
                    [JwtRegisteredClaimNames.Sid] = family.ToString(),
                    [JwtRegisteredClaimNames.Jti] = Guid.CreateVersion7(now).ToString(),
                },
            }
        );
        return new AccessToken(text, JwtOptions.AccessTokenLifetime);
    }

    public async Task<AccessTokenContent?> ReadAccessTokenAsync(string? text)
    {
        var result = await Handler.ValidateTokenAsync(text, rules.Parameters);
        if (!result.IsValid)
        {
            return null;
        }

        var principal = new ClaimsPrincipal(result.ClaimsIdentity);
        return principal.UserId() is { } user && principal.FamilyId() is { } family && principal.TokenExpiresAt() is { } expiresAt
            ? new AccessTokenContent(user, family, expiresAt)
            : null;
    }

    public (string Text, string Hash) CreateRefreshToken()
    {
        var text = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RefreshTokenBytes));
        return (text, Hash(text));
    }

    public string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>Reads what <see cref="TokenService"/> wrote from a verified principal.</summary>
public static class AccessTokenClaims
{
    private static readonly string[] Known =
    [
        JwtRegisteredClaimNames.Sub,
        JwtRegisteredClaimNames.Name,
        JwtRegisteredClaimNames.Sid,
        JwtRegisteredClaimNames.Exp,
    ];

    /// <summary>
    /// The same caller by the claims that are read here, and no more. A connection keeps its principal for as long as it is
    /// open, and one that was just verified holds its whole token, the text as well as what was parsed of it.
    /// </summary>
    public static ClaimsPrincipal WithoutToken(this ClaimsPrincipal principal)
    {
        var claims = Known.SelectMany(type => principal.FindAll(type).Take(1)).Select(claim => new Claim(claim.Type, claim.Value));
        return new ClaimsPrincipal(
            new ClaimsIdentity(claims, principal.Identity!.AuthenticationType, JwtRegisteredClaimNames.Sub, roleType: null)
        );
    }

    public static UserId? UserId(this ClaimsPrincipal principal) =>
        Guid.TryParse(principal.FindFirstValue(JwtRegisteredClaimNames.Sub), out var id) ? new UserId(id) : null;

    public static TokenFamilyId? FamilyId(this ClaimsPrincipal principal) =>
        Guid.TryParse(principal.FindFirstValue(JwtRegisteredClaimNames.Sid), out var id) ? new TokenFamilyId(id) : null;

    /// <summary>How much longer than it says a token is taken, because the clocks of two nodes may differ.</summary>
    public static TimeSpan ClockSkew => JwtOptions.ClockSkew;

    /// <summary>When the token runs out, by its own word.</summary>
    public static DateTimeOffset? TokenExpiresAt(this ClaimsPrincipal principal) =>
        long.TryParse(principal.FindFirstValue(JwtRegisteredClaimNames.Exp), CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    public static string DisplayName(this ClaimsPrincipal principal) =>
        principal.FindFirstValue(JwtRegisteredClaimNames.Name) ?? "";
}
