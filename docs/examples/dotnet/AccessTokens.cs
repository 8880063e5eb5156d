using System.Net.Http.Json;

namespace BmadServer.Examples.DotNet;

/// <summary>Access tokens of one user. A program that has no password at hand would use the refresh cookie instead.</summary>
internal sealed class AccessTokens(Uri server, string email, string password, TimeProvider time) : IDisposable
{
    /// <summary>Before a token's end.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private readonly HttpClient _http = new() { BaseAddress = server };
    private string _token = "";

    /// <summary>When the newest token is to be renewed: a minute before it runs out.</summary>
    public DateTimeOffset RenewAt { get; private set; } = DateTimeOffset.MinValue;

    /// <exception cref="HttpRequestException">The server refuses the sign-in, or does not answer.</exception>
    public async Task<string?> GetAsync()
    {
        var now = time.GetUtcNow();
        if (now >= RenewAt)
        {
            using var response = await _http.PostAsJsonAsync("/api/v1/auth/login", new { email, password });
            var tokens = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Tokens>();
            (_token, RenewAt) = (tokens!.AccessToken, now.AddSeconds(tokens.ExpiresIn) - Margin);
        }

        return _token;
    }

    /// <summary>The server does not take the newest token.</summary>
    public void Discard() => RenewAt = DateTimeOffset.MinValue;

    public void Dispose() => _http.Dispose();
}
