using System.Net.Http.Json;
using System.Text.Json;
using BmadServer.Testing;
using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.Scenarios;

/// <summary>The server's REST API, as far as the scenarios need it.</summary>
internal sealed class Rest(Uri url) : IDisposable
{
    public const string Password = "correct horse battery";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = url };

    public async Task RegisterAsync(string email, string name) =>
        (
            await _http.PostAsJsonAsync("/api/v1/auth/register", new { email, password = Password, displayName = name })
        ).EnsureSuccessStatusCode();

    /// <summary>Signs in, anew if need be: another sign-in of the same user.</summary>
    public async Task<Person> SignInAsync(string email)
    {
        using var response = await _http.PostAsJsonAsync("/api/v1/auth/login", new { email, password = Password });
        response.EnsureSuccessStatusCode();
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        var user = body.GetProperty("user");
        return new Person(
            user.GetProperty("id").GetGuid(),
            email,
            user.GetProperty("displayName").GetString()!,
            AccessTokens.SignInOf(body.GetProperty("accessToken").GetString()!),
            response.Headers.GetValues("Set-Cookie").Single().Split(';')[0]
        );
    }

    /// <summary>Calls <c>POST /auth/refresh</c> or <c>/auth/logout</c> with a refresh cookie.</summary>
    public async Task<int> WithCookieAsync(string path, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/auth/{path}");
        request.Headers.Add("Cookie", cookie);
        using var response = await _http.SendAsync(request);
        return (int)response.StatusCode;
    }

    public async Task<Guid> CreateWorkflowAsync(string token, string title)
    {
        var body = await SendAsync(HttpMethod.Post, "/api/v1/workflows", token, new { title });
        return body.GetProperty("id").GetGuid();
    }

    public Task AddAsync(string token, Guid workflow, Person added, string role = "contributor") =>
        SendAsync(HttpMethod.Post, $"/api/v1/workflows/{workflow}/participants", token, new { email = added.Email, role });

    public Task RemoveAsync(string token, Guid workflow, Guid user) =>
        SendAsync(HttpMethod.Delete, $"/api/v1/workflows/{workflow}/participants/{user}", token);

    public async Task<bool> IsConnectedAsync(string token, Guid session) =>
        (await SendAsync(HttpMethod.Get, $"/api/v1/sessions/{session}", token)).GetProperty("connected").GetBoolean();

    public Task EndSessionAsync(string token, Guid session) => SendAsync(HttpMethod.Delete, $"/api/v1/sessions/{session}", token);

    /// <summary>What the server holds: the whole log, and what somebody sees who loads the workflow anew.</summary>
    public Task<WorkflowTruth> TruthAsync(string token, Guid workflow) => WorkflowTruth.ReadAsync(_http, token, workflow);

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string token, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new("Bearer", token);
        request.Content = body is null ? null : JsonContent.Create(body);
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"{method} {path}: {(int)response.StatusCode} {text}", null, response.StatusCode);
        }

        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }
}
