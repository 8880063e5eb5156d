using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace BmadServer.Integration.Tests.Support;

/// <summary>A user as a program is one: an access token, a refresh cookie, and an HTTP client that sends the token.</summary>
public sealed class TestUser : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    private static int _count;

    private TestUser(Uri url, string email, string name)
    {
        Http = Client(url);
        (Email, Name) = (email, name);
    }

    public HttpClient Http { get; }

    public string Email { get; }

    public string Name { get; }

    public Guid Id { get; private set; }

    public string AccessToken { get; private set; } = "";

    /// <summary>The refresh cookie as <c>name=value</c>; sent by hand, because the cookie is for HTTPS only.</summary>
    public string RefreshCookie { get; private set; } = "";

    /// <summary>A client without a token, which keeps no cookies of its own.</summary>
    public static HttpClient Client(Uri url) =>
        new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = url };

    public static string NewEmail() => $"user{Interlocked.Increment(ref _count)}@example.com";

    /// <param name="headers">Sent with every request.</param>
    public static async Task<TestUser> SignUpAsync(Uri url, string name, params (string Name, string Value)[] headers)
    {
        var user = new TestUser(url, NewEmail(), name);
        foreach (var (header, value) in headers)
        {
            user.Http.DefaultRequestHeaders.Add(header, value);
        }

        var response = await user.Http.PostAsJsonAsync(
            "/api/v1/auth/register",
            new
            {
                email = user.Email,
                password = Password,
                displayName = name,
            }
        );
        response.EnsureSuccessStatusCode();
        await user.SignInAsync();
        return user;
    }

    /// <summary>Signs in, anew if need be: another sign-in of the same user.</summary>
    public async Task SignInAsync()
    {
        var response = await Http.PostAsJsonAsync("/api/v1/auth/login", new { email = Email, password = Password });
        response.EnsureSuccessStatusCode();
        await TakeAsync(response);
    }

    /// <summary>Takes the tokens of a login's or a refresh's answer.</summary>
    public async Task TakeAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        Id = body.GetProperty("user").GetProperty("id").GetGuid();
        AccessToken = body.GetProperty("accessToken").GetString()!;
        RefreshCookie = response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AccessToken);
    }

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        return ValueTask.CompletedTask;
    }
}
