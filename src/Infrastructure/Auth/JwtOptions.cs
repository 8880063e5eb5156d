namespace BmadServer.Infrastructure.Auth;

/// <summary>Configuration section <c>Jwt</c>.</summary>
internal sealed class JwtOptions
{
    public const string Section = "Jwt";

    public const string Issuer = "bmadserver";

    public const string Audience = "bmadserver";

    /// <summary>How long an access token is valid.</summary>
    public static readonly TimeSpan AccessTokenLifetime = TimeSpan.FromMinutes(15);

    /// <summary>How far the clocks of two nodes may differ.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    /// <summary>Base64 of at least 256 random bits; without it a key is generated once and kept in the data directory.</summary>
    public string? SigningKey { get; init; }

    /// <summary>Another key whose tokens are taken beside those of <see cref="SigningKey"/>, while keys are changed.</summary>
    public string? PreviousSigningKey { get; init; }
}
