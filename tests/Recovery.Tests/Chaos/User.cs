using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace BmadServer.Recovery.Tests.Chaos;

/// <summary>An account and its sign-in.</summary>
internal sealed class User : IDisposable
{
    private const string Password = "correct horse battery";

    /// <summary>Access tokens are good for 15 minutes.</summary>
    private static readonly TimeSpan TokenAge = TimeSpan.FromMinutes(8);

    private readonly SemaphoreSlim _signingIn = new(1, 1);
    private string _accessToken = string.Empty;
    private long _signedInAt;

    private User(Uri server, string name)
    {
        Name = name;
        Email = $"{name}-{Guid.CreateVersion7():N}@example.com";
        Http = new HttpClient(new SocketsHttpHandler { UseCookies = false, UseProxy = false })
        {
            BaseAddress = server,
            Timeout = TimeSpan.FromSeconds(20),
        };
    }

    public string Name { get; }

    public string Email { get; }

    public Guid Id { get; private set; }

    public HttpClient Http { get; }

    public static async Task<User> SignUpAsync(Uri server, string name)
    {
        var user = new User(server, name);
        using var registered = await user.Http.PostAsJsonAsync(
            "/api/v1/auth/register",
            new
            {
                email = user.Email,
                password = Password,
                displayName = name,
            }
        );
        registered.EnsureSuccessStatusCode();
        user.Id = (await registered.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        await user.AccessTokenAsync();
        return user;
    }

    /// <summary>A token that is good for some minutes more.</summary>
    public async Task<string> AccessTokenAsync()
    {
        await _signingIn.WaitAsync();
        try
        {
            if (_accessToken.Length == 0 || TimeProvider.System.GetElapsedTime(_signedInAt) > TokenAge)
            {
                await SignInAsync();
            }

            return _accessToken;
        }
        finally
        {
            _signingIn.Release();
        }
    }

    public void Dispose()
    {
        Http.Dispose();
        _signingIn.Dispose();
    }

    private async Task SignInAsync()
    {
        using var answer = await Http.PostAsJsonAsync("/api/v1/auth/login", new { email = Email, password = Password });
        answer.EnsureSuccessStatusCode();
        _accessToken = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()!;
        _signedInAt = TimeProvider.System.GetTimestamp();
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _accessToken);
    }
}
