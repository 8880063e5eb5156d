using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using BmadServer.Testing;

namespace BmadServer.Fuzz.Tests.Oracle;

/// <summary>An account with a sign-in, whose access token outlives the longest run.</summary>
internal sealed record Person(Guid Id, string Name, string Email, string Token)
{
    public const string Password = "correct horse battery";

    private static readonly TimeSpan TokenLifetime = TimeSpan.FromDays(1);

    private static int _count;

    public static async Task<Person> SignUpAsync(HttpClient http, AccessTokens tokens, string name)
    {
        var email = $"{name}{Interlocked.Increment(ref _count)}@example.com";
        (
            await http.PostAsJsonAsync("/api/v1/auth/register", new { email, password = Password, displayName = name })
        ).EnsureSuccessStatusCode();
        var (body, _) = await SignInAsync(http, email);
        return new Person(body.GetProperty("user").GetProperty("id").GetGuid(), name, email, "").With(body, tokens);
    }

    /// <summary>The same person with another sign-in.</summary>
    /// <param name="signIn">The answer to it.</param>
    public Person With(JsonElement signIn, AccessTokens tokens) =>
        this with
        {
            Token = tokens.Create(Id, Name, AccessTokens.SignInOf(signIn.GetProperty("accessToken").GetString()!), TokenLifetime),
        };

    /// <summary>One more sign-in of the account's.</summary>
    /// <returns>The answer, and the refresh cookie as <c>name=value</c>.</returns>
    public static async Task<(JsonElement Body, string Cookie)> SignInAsync(HttpClient http, string email)
    {
        using var response = await http.PostAsJsonAsync("/api/v1/auth/login", new { email, password = Password });
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>(), response.Headers.GetValues("Set-Cookie").First().Split(';')[0]);
    }

    public async Task<Guid> CreateWorkflowAsync(HttpClient http, string title) =>
        (await SendAsync(http, HttpMethod.Post, "/api/v1/workflows", new { title })).GetProperty("id").GetGuid();

    public Task AddAsync(HttpClient http, Guid workflow, Person added, string role) =>
        SendAsync(http, HttpMethod.Post, $"/api/v1/workflows/{workflow}/participants", new { email = added.Email, role });

    public async Task<JsonElement> SendAsync(HttpClient http, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using var response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
