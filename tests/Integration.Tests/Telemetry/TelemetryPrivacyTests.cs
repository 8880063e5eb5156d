using System.Net;
using System.Net.Http.Json;
using BmadServer.Integration.Tests.Chat;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Telemetry;

/// <summary>
/// All that a server logs and exports, as talkative as it can be made, read back after everything was done that has a secret in it:
/// the exported bytes, with every span, event, link, tag, metric and log line, and the log itself.
/// </summary>
// Whoever listens to spans hears those of the whole process.
[NonParallelizable]
public sealed class TelemetryPrivacyTests(Database database) : ChatTest(database)
{
    private const string Password = "plum-orchard-lantern-42";
    private const string WrongPassword = "quartz-harbour-violin-17";
    private const string Text = "the merger is on Tuesday";
    private const string Unknown = "nobody-has-this@elsewhere.example";

    private readonly OtlpSink _sink = OtlpSink.Start();

    protected override IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string>(_sink.Settings)
        {
            ["OTEL_TRACES_SAMPLER"] = "always_on",
            ["Logging:LogLevel:Default"] = "Trace",
            ["Logging:LogLevel:Microsoft.AspNetCore"] = "Trace",
            ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "Trace",
            ["Logging:LogLevel:Microsoft.AspNetCore.Http.Connections"] = "Trace",
            ["Logging:LogLevel:Microsoft.AspNetCore.SignalR"] = "Trace",
            ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "Trace",
            ["Logging:LogLevel:Npgsql"] = "Trace",
        };

    [OneTimeTearDown]
    public async Task StopSinkAsync() => await _sink.DisposeAsync();

    [Test]
    public async Task No_token_password_message_text_or_address_leaves_the_server()
    {
        var secrets = new List<string> { Password, WrongPassword, Text, Unknown };
        using var http = TestUser.Client(Server.Url);
        var email = $"tilda-{Guid.CreateVersion7():n}@example.com";
        secrets.AddRange([email, email.ToUpperInvariant(), Marco.Email, .. TokensOf(Marco)]);

        // An account, and what goes wrong with one.
        await http.PostAsJsonAsync("/api/v1/auth/register", new { email, password = Password, displayName = "Tilda" });
        await http.PostAsJsonAsync("/api/v1/auth/register", new { email, password = Password, displayName = "Tilda" })
            .ShouldBeRefusedAsync(HttpStatusCode.Conflict, "user.exists");
        await http.PostAsJsonAsync("/api/v1/auth/register", new { email = Unknown + "@", password = "x" + WrongPassword, displayName = "" });
        await http.PostTextAsync("/api/v1/auth/register", $$"""{"email":"{{email}}","password":{"is":"{{Password}}"},""");
        await http.PostAsJsonAsync("/api/v1/auth/login", new { email, password = WrongPassword })
            .ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.invalid_credentials");
        await http.PostAsJsonAsync("/api/v1/auth/login", new { email = Unknown, password = WrongPassword });
        var login = await http.PostAsJsonAsync("/api/v1/auth/login", new { email, password = Password });
        var tilda = await SignedInAsync("Tilda");
        await tilda.TakeAsync(login);
        secrets.AddRange(TokensOf(tilda));
        var refreshed = await http.PostCookieAsync("/api/v1/auth/refresh", tilda.RefreshCookie);
        await tilda.TakeAsync(refreshed);
        secrets.AddRange(TokensOf(tilda));

        // People, by their addresses.
        var workflow = await WorkflowOfAsync(tilda);
        await AddAsync(tilda, workflow, Marco, "observer");
        await tilda.Http.PostAsJsonAsync($"/api/v1/workflows/{workflow}/participants", new { email = Marco.Email, role = "observer" });
        await tilda.Http.PostAsJsonAsync($"/api/v1/workflows/{workflow}/participants", new { email = Unknown, role = "observer" });

        // Messages, taken and refused.
        var sender = await JoinedAsync(tilda, workflow);
        var reader = await JoinedAsync(Marco, workflow);
        var ack = await sender.InvokeAsync("SendMessage", new { content = Text, clientMessageId = "1", workflowId = workflow });
        await sender.InvokeAsync("EditMessage", workflow, ack.GetProperty("messageId").GetGuid(), Text + "!");
        await reader.WaitForAsync(() => reader.Events(workflow).Count == 2);
        await RefusalAsync(() => reader.InvokeAsync("SendMessage", new { content = Text, workflowId = workflow }));
        await RefusalAsync(() => sender.InvokeAsync("SendMessage", new { content = Text + "?", clientMessageId = "1", workflowId = workflow }));
        await RefusalAsync(() => sender.InvokeAsync("SendMessage", Text, Text));
        await RefusalAsync(() => sender.InvokeAsync(Text, Text));
        await sender.InvokeAsync("CatchUp", workflow, 0);
        await sender.InvokeAsync("RefreshToken", tilda.AccessToken);
        await RefusalAsync(() => sender.InvokeAsync("RefreshToken", Marco.AccessToken));
        await using (var byQuery = await RawHubClient.ConnectAsync(Server.Url, tilda.AccessToken))
        {
            await byQuery.PostAsync(Text, "1");
            await byQuery.SendFrameAsync($$"""{"type":1,"target":"SendMessage","arguments":["{{Text}}""");
        }

        await Should.ThrowAsync<Exception>(() => RawHubClient.ConnectAsync(Server.Url, tilda.AccessToken[..^4] + "AAAA"));
        await http.GetAsync($"/api/v1/users/me?access_token={tilda.AccessToken}");
        await tilda.Http.GetAsync($"/api/v1/workflows/{workflow}/messages");

        // What waits to be exported is exported.
        await Server.StopAsync();
        var (traces, metrics, logs) = (_sink.Received("traces"), _sink.Received("metrics"), _sink.Received("logs"));
        traces.ShouldContain("PostTogether");
        traces.ShouldContain("/api/v1/auth/register");
        traces.ShouldContain("/hubs/chat");
        metrics.ShouldContain("bmadserver.hub.refusals");
        metrics.ShouldContain("message.idempotency_conflict");
        logs.ShouldContain("opened by user");
        var log = string.Join('\n', Server.Log.Lines);
        foreach (var (where, what) in new[] { ("traces", traces), ("metrics", metrics), ("exported logs", logs), ("the log", log) })
        {
            foreach (var secret in secrets)
            {
                (what.Contains(secret, StringComparison.OrdinalIgnoreCase) ? Around(what, secret) : "").ShouldBeEmpty($"{where} hold {secret}");
            }
        }
    }

    /// <summary>The parts that nobody can guess, cut short as a line may be.</summary>
    private static string[] TokensOf(TestUser user) => [user.AccessToken.Split('.')[^1][..16], user.RefreshCookie.Split('=', 2)[1][..16]];

    private static string Around(string text, string found)
    {
        var at = text.IndexOf(found, StringComparison.OrdinalIgnoreCase);
        return text[Math.Max(0, at - 300)..Math.Min(text.Length, at + 300)];
    }
}
