using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using BmadServer.Application.Auth;
using BmadServer.Domain.Users;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BmadServer.Infrastructure.Auth;

internal sealed class TokenService(SigningKey signingKey, TimeProvider time) : ITokenService
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

    public (string Text, string Hash) CreateRefreshToken()
    {
        var text = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RefreshTokenBytes));
        return (text, HashRefreshToken(text));
    }

    public string HashRefreshToken(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>Reads what <see cref="TokenService"/> wrote from a verified principal.</summary>
public static class AccessTokenClaims
{
    public static UserId? UserId(this ClaimsPrincipal principal) =>
        Guid.TryParse(principal.FindFirstValue(JwtRegisteredClaimNames.Sub), out var id) ? new UserId(id) : null;

    public static TokenFamilyId? FamilyId(this ClaimsPrincipal principal) =>
        Guid.TryParse(principal.FindFirstValue(JwtRegisteredClaimNames.Sid), out var id) ? new TokenFamilyId(id) : null;

    public static string DisplayName(this ClaimsPrincipal principal) =>
        principal.FindFirstValue(JwtRegisteredClaimNames.Name) ?? "";
}
