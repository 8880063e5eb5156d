using BmadServer.Integration.Tests.Support;
using BmadServer.Web.Chat;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>What the operator finds in the log about connections, and what nobody must ever find there.</summary>
public sealed class HubLogTests(Database database) : ChatTest(database)
{
    /// <summary>As talkative as an operator can make it.</summary>
    protected override IReadOnlyDictionary<string, string> Settings { get; } =
        new Dictionary<string, string>
        {
            ["Logging:LogLevel:Default"] = "Trace",
            ["Logging:LogLevel:Microsoft.AspNetCore"] = "Trace",
            ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "Trace",
            ["Logging:LogLevel:Microsoft.AspNetCore.Http.Connections"] = "Trace",
            ["Logging:LogLevel:Microsoft.AspNetCore.SignalR"] = "Trace",
            ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "Trace",
        };

    [Test]
    public async Task A_connection_is_logged_with_its_user_and_session_when_it_opens_and_closes()
    {
        var client = await ConnectedAsync(Sarah);
        var connection = client.Connection.ConnectionId!;
        await client.Connection.StopAsync();
        await Sarah.UntilDroppedAsync(client.SessionId);

        Server.Log.Lines.ShouldContain(line => Tells(line, "opened", connection, client));
        Server.Log.Lines.ShouldContain(line => Tells(line, "closed", connection, client));
    }

    [Test]
    public async Task No_token_is_ever_logged()
    {
        var tampered = Sarah.AccessToken[..^4] + "AAAA";
        await using (var byQuery = await RawHubClient.ConnectAsync(Server.Url, Sarah.AccessToken))
        {
            await byQuery.PostAsync("Hello", "1");
        }

        await Should.ThrowAsync<Exception>(() => RawHubClient.ConnectAsync(Server.Url, tampered));
        await Should.ThrowAsync<Exception>(() => HubClient.ConnectAsync(Server.Url, tampered));
        using var anonymous = TestUser.Client(Server.Url);
        await anonymous.GetAsync($"/api/v1/users/me?access_token={Sarah.AccessToken}");
        var client = await ConnectedAsync(Sarah);
        await client.InvokeAsync("RefreshToken", Sarah.AccessToken);
        await RefusalAsync(() => client.InvokeAsync("RefreshToken", tampered));
        await RefusalAsync(() => client.InvokeAsync("RefreshToken", tampered, tampered));

        var log = string.Join('\n', Server.Log.Lines);
        log.ShouldContain("opened by user");
        foreach (var token in (string[])[Sarah.AccessToken, tampered, Sarah.RefreshCookie.Split('=', 2)[1]])
        {
            // Not even its signature, or what of it would be left of a line cut short.
            log.ShouldNotContain(token.Split('.')[^1][..16]);
        }
    }

    [Test]
    public async Task No_message_text_is_ever_logged()
    {
        const string secret = "the merger is on Tuesday";
        var workflow = await SharedWorkflowAsync((Marco, "observer"));
        var client = await JoinedAsync(Sarah, workflow);
        var observer = await JoinedAsync(Marco, workflow);
        await using var raw = await RawHubClient.ConnectAsync(Server.Url, Sarah.AccessToken);

        var ack = await client.InvokeAsync("SendMessage", new { content = secret, clientMessageId = "log" });
        await client.InvokeAsync("EditMessage", workflow, ack.Id("messageId"), secret + "!");
        await observer.WaitForEventAsync(workflow, ack.Number("sequence") + 1);
        await RefusalAsync(() => observer.InvokeAsync("SendMessage", secret));
        await RefusalAsync(() => client.InvokeAsync("SendMessage", new { content = secret + "?", clientMessageId = "log" }));
        await RefusalAsync(() => client.InvokeAsync("SendMessage", new { content = secret, workflowId = "no UUID" }));
        await RefusalAsync(() => client.InvokeAsync("SendMessage", secret, secret));
        await RefusalAsync(() => client.InvokeAsync(secret, secret));
        await raw.SendFrameAsync($$"""{"type":1,"target":"SendMessage","arguments":["{{secret}}""");
        await raw.PostAsync(secret, "1");

        Server.Log.Lines.ShouldNotContain(line => line.Contains(secret));
    }

    [Test]
    public async Task A_client_that_leaves_while_its_connection_opens_is_no_fault()
    {
        const int tries = 40;
        var before = Server.Log.Complaints(int.MaxValue).Count();
        for (var i = 0; i < tries; i++)
        {
            // Its session is looked for when it has just gone.
            await using var raw = await RawHubClient.ConnectAsync(Server.Url, Sarah.AccessToken);
        }

        await using var after = await ConnectedAsync(Sarah);
        await Eventually.ShouldBeTrueAsync(
            () => Task.FromResult(Server.Services.GetRequiredService<LiveConnections>().Count == 1),
            "only the last one is connected"
        );
        Server.Log.Complaints(int.MaxValue).Skip(before).ShouldNotContain(line => line.StartsWith("Error"));
    }

    private bool Tells(string line, string what, string connection, HubClient client) =>
        line.Contains($"Connection {connection} {what} by user {Sarah.Id} on session {client.SessionId}");
}
