using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BmadServer.Testing;

/// <summary>
/// Makes access tokens as the server does, with the signing key that it was given here, but of any lifetime: nobody waits 15
/// minutes for one to run out. The sign-in that a token names has to be one that stands.
/// </summary>
public sealed class AccessTokens
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>For the setting <c>Jwt__SigningKey</c>.</summary>
    public string SigningKey => Convert.ToBase64String(_key);

    /// <param name="user">The user's id.</param>
    /// <param name="name">The user's display name.</param>
    /// <param name="signIn">The sign-in's id: that of its token family.</param>
    /// <param name="lifetime">From now on. Less than nothing gives one that is good for the rest of what clocks may differ by.</param>
    public string Create(Guid user, string name, Guid signIn, TimeSpan lifetime)
    {
        var now = TimeProvider.System.GetUtcNow();
        var expires = now + lifetime;
        var issued = lifetime < TimeSpan.FromMinutes(15) ? expires - TimeSpan.FromMinutes(15) : now;
        var claims = new Dictionary<string, object>
        {
            ["iss"] = "bmadserver",
            ["aud"] = "bmadserver",
            ["iat"] = issued.ToUnixTimeSeconds(),
            ["nbf"] = issued.ToUnixTimeSeconds(),
            ["exp"] = expires.ToUnixTimeSeconds(),
            ["sub"] = user,
            ["name"] = name,
            ["sid"] = signIn,
            ["jti"] = Guid.CreateVersion7(),
        };
        var signed = $"{Encode("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{signed}.{Encode(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>The sign-in that a token of the server's own names.</summary>
    public static Guid SignInOf(string token)
    {
        var claims = JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(token.Split('.')[1]));
        return claims.GetProperty("sid").GetGuid();
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
