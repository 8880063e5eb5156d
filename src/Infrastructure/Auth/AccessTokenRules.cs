using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BmadServer.Infrastructure.Auth;

/// <summary>What an access token must be: ours, signed with our key by our algorithm, and in date.</summary>
internal sealed class AccessTokenRules
{
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _startedAt;

    public AccessTokenRules(SigningKey signingKey, TimeProvider time)
    {
        _time = time;
        _startedAt = time.GetUtcNow();
        Parameters = new TokenValidationParameters
        {
            ValidIssuer = JwtOptions.Issuer,
            ValidAudience = JwtOptions.Audience,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            IssuerSigningKeyResolver = (_, _, _, _) => signingKey.Accepted(_time.GetUtcNow() - _startedAt),
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            NameClaimType = JwtRegisteredClaimNames.Sub,
            LifetimeValidator = IsInDate,
        };
    }

    public TokenValidationParameters Parameters { get; }

    private bool IsInDate(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return now < expires + JwtOptions.ClockSkew && (notBefore is null || now >= notBefore - JwtOptions.ClockSkew);
    }
}
