using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using BmadServer.Integration.Tests.Support;
using BmadServer.Testing;

namespace BmadServer.Integration.Tests.Examples;

/// <summary>The TypeScript client library and docs/examples/typescript, on Node.js, against the real server.</summary>
public sealed class TypeScriptClientTests(Database database) : ServerTest(database)
{
    [Test]
    public async Task A_message_is_acknowledged_and_reaches_a_second_client()
    {
        var (sarah, marco, workflow) = await TeamAsync();
        var sender = await StartedAsync(Server.Url, sarah);
        var receiver = await StartedAsync(Server.Url, marco);
        await sender.CallAsync("join", workflow);
        await receiver.CallAsync("join", workflow);

        var ack = await sender.CallAsync("send", workflow, "Hello");

        var sequence = ack.GetProperty("sequence").GetInt64();
        await receiver.WaitForSequenceAsync(sequence);
        receiver.Reported("event")[^1].GetProperty("content").GetString().ShouldBe("Hello");
    }

    [Test]
    public async Task After_a_drop_it_has_its_session_back_and_shows_what_it_missed_once()
    {
        var (sarah, marco, workflow) = await TeamAsync();
        await using var proxy = new TcpProxy(Server.Url.Port);
        var client = await StartedAsync(proxy.Url, marco);
        await client.CallAsync("join", workflow);
        var sender = await ConnectedAsync(sarah);
        await SendAsync(sender, workflow, "Before");

        await CutOffAsync(proxy, client);
        var last = await SendAsync(sender, workflow, "One", "Two", "Three");
        proxy.Retarget(Server.Url.Port);
        await client.WaitForSequenceAsync(last);

        var session = client.Reported("session")[^1];
        session.GetProperty("recovery").GetString().ShouldBe("live");
        session.GetProperty("id").GetGuid().ShouldBe(client.Reported("session")[0].GetProperty("id").GetGuid());
        client.Shown.ShouldBe(Sequences(3, last));

        var next = await SendAsync(sender, workflow, "After");
        await client.WaitForSequenceAsync(next);
        client.Shown.ShouldBe(Sequences(3, next));
    }

    [Test]
    public async Task More_than_a_page_of_missed_events_is_shown_in_order()
    {
        var (sarah, marco, workflow) = await TeamAsync();
        await using var proxy = new TcpProxy(Server.Url.Port);
        var client = await StartedAsync(proxy.Url, marco);
        await client.CallAsync("join", workflow);
        var sender = await ConnectedAsync(sarah);

        await CutOffAsync(proxy, client);
        var last = await SendAsync(sender, workflow, [.. Enumerable.Range(1, 520).Select(i => i.ToString(CultureInfo.InvariantCulture))]);
        proxy.Retarget(Server.Url.Port);
        await client.WaitForSequenceAsync(last);

        client.Shown.ShouldBe(Sequences(3, last));
    }

    [Test]
    public async Task Sends_that_a_drop_interrupts_are_stored_once_and_all_acknowledged()
    {
        const int count = 60;
        var (sarah, marco, workflow) = await TeamAsync();
        await using var proxy = new TcpProxy(Server.Url.Port);
        var client = await StartedAsync(proxy.Url, marco);
        await client.CallAsync("join", workflow);
        var witness = await ConnectedAsync(sarah);
        await witness.InvokeAsync("JoinWorkflow", workflow);

        var sends = Enumerable.Range(1, count).Select(i => client.CallAsync("send", workflow, $"Message {i}")).ToArray();
        await witness.WaitForAsync(() => witness.Events(workflow).Count >= count / 3);
        proxy.ResetConnections();
        var acks = await Task.WhenAll(sends);

        var last = 2L + count;
        await witness.WaitForEventAsync(workflow, last);
        witness.Events(workflow).Select(@event => @event.GetProperty("content").GetString()).ShouldBe(
            Enumerable.Range(1, count).Select(i => $"Message {i}")
        );
        acks.Select(ack => ack.GetProperty("sequence").GetInt64()).ShouldBe(Sequences(3, last));
        await client.WaitForSequenceAsync(last);
        client.Shown.ShouldBe(Sequences(3, last));
    }

    [Test]
    public async Task A_message_written_while_offline_is_sent_after_coming_back()
    {
        var (sarah, marco, workflow) = await TeamAsync();
        await using var proxy = new TcpProxy(Server.Url.Port);
        var client = await StartedAsync(proxy.Url, marco);
        await client.CallAsync("join", workflow);
        var witness = await ConnectedAsync(sarah);
        await witness.InvokeAsync("JoinWorkflow", workflow);

        await CutOffAsync(proxy, client);
        var send = client.CallAsync("send", workflow, "Written offline");
        proxy.Retarget(Server.Url.Port);

        (await send).GetProperty("duplicate").GetBoolean().ShouldBeFalse();
        (await witness.WaitForEventAsync(workflow, 3)).GetProperty("content").GetString().ShouldBe("Written offline");
    }

    [Test]
    public async Task With_its_session_ended_meanwhile_it_gets_a_fresh_one_joins_again_and_misses_nothing()
    {
        var (sarah, marco, workflow) = await TeamAsync();
        await using var proxy = new TcpProxy(Server.Url.Port);
        var client = await StartedAsync(proxy.Url, marco);
        await client.CallAsync("join", workflow);
        var sender = await ConnectedAsync(sarah);

        await CutOffAsync(proxy, client);
        var old = client.Reported("session")[0].GetProperty("id").GetGuid();
        (await marco.Http.DeleteAsync($"/api/v1/sessions/{old}")).EnsureSuccessStatusCode();
        var last = await SendAsync(sender, workflow, "While nobody was there");
        proxy.Retarget(Server.Url.Port);
        await client.WaitForSequenceAsync(last);

        var session = client.Reported("session")[^1];
        session.GetProperty("recovery").GetString().ShouldBe("started");
        session.GetProperty("id").GetGuid().ShouldNotBe(old);
        var next = await SendAsync(sender, workflow, "And live again");
        await client.WaitForSequenceAsync(next);
        client.Shown.ShouldBe(Sequences(3, next));
    }

    [Test]
    public async Task When_the_server_ends_the_session_it_stops_and_stays_away()
    {
        var user = await SignedInAsync();
        var client = await StartedAsync(Server.Url, user);
        var session = (await client.WaitForAsync("session")).GetProperty("id").GetGuid();

        (await user.Http.DeleteAsync($"/api/v1/sessions/{session}")).EnsureSuccessStatusCode();

        (await client.WaitForAsync("end")).GetString().ShouldBe("revoked");
        // The first try of a client that did come back would be at once, the next one after 2 s, a fifth more at most.
        await Task.Delay(TimeSpan.FromSeconds(3));
        client.Reported("session").Count.ShouldBe(1);
        (await user.Http.GetFromJsonAsync<JsonElement>("/api/v1/sessions")).GetProperty("sessions").GetArrayLength().ShouldBe(0);
    }

    [Test]
    public async Task A_refused_send_fails_with_the_code()
    {
        var (_, marco, workflow) = await TeamAsync();
        var client = await StartedAsync(Server.Url, marco);

        var send = () => client.CallAsync("send", workflow, " ");

        JsonElement.Parse((await send.ShouldThrowAsync<InvalidOperationException>()).Message)
            .GetProperty("code").GetString().ShouldBe("validation.failed");
    }

    [Test]
    public async Task Having_been_away_loading_fresh_and_applying_the_whole_log_give_the_same_conversation()
    {
        var (sarah, marco, workflow) = await TeamAsync();
        await using var proxy = new TcpProxy(Server.Url.Port);
        var client = await StartedAsync(proxy.Url, marco);
        await client.CallAsync("join", workflow);
        var author = await StartedAsync(Server.Url, sarah);
        var first = (await author.CallAsync("send", workflow, "First")).GetProperty("messageId").GetString()!;
        var second = (await author.CallAsync("send", workflow, "Second")).GetProperty("messageId").GetString()!;

        await CutOffAsync(proxy, client);
        await author.CallAsync("edit", workflow, first, "First, better");
        await author.CallAsync("edit", workflow, second, "Second, better");
        await author.CallAsync("delete", workflow, second);
        (await sarah.Http.PatchAsJsonAsync($"/api/v1/workflows/{workflow}", new { title = "Another title", status = "paused" })).EnsureSuccessStatusCode();
        var last = 0L;
        for (var i = 0; i < 60; i++)
        {
            last = (await author.CallAsync("send", workflow, $"Message {i}")).GetProperty("sequence").GetInt64();
        }

        proxy.Retarget(Server.Url.Port);
        await client.WaitForSequenceAsync(last);

        var conversations = await client.CallAsync("conversations", workflow);
        var held = conversations.GetProperty("held").GetRawText();
        conversations.GetProperty("held").GetProperty("messages").GetArrayLength().ShouldBe(62);
        conversations.GetProperty("loaded").GetRawText().ShouldBe(held);
        conversations.GetProperty("applied").GetRawText().ShouldBe(held);
    }

    [Test]
    public async Task The_demonstration_ends_with_everything_recovered()
    {
        await TypeScriptExample.BuiltAsync();

        var output = await TypeScriptExample.NpmAsync("run", "--silent", "demo", "--", Server.Url.GetLeftPart(UriPartial.Authority));

        output.ShouldContain("Marco | connected, session live");
        output.ShouldContain("Marco | #5 Sarah: Let us say: small teams.");
        output.ShouldContain("Sarah | #6 Marco: Small teams. (Written offline.)");
    }

    /// <summary>A workflow of two: events 1 and 2 are their joining it.</summary>
    private async Task<(TestUser Sarah, TestUser Marco, Guid Workflow)> TeamAsync()
    {
        var (sarah, marco) = (await SignedInAsync("Sarah"), await SignedInAsync("Marco"));
        var workflow = await WorkflowOfAsync(sarah);
        await AddAsync(sarah, workflow, marco);
        return (sarah, marco, workflow);
    }

    private async Task<TypeScriptClient> StartedAsync(Uri server, TestUser user) =>
        Using(await TypeScriptClient.StartAsync(server, user));

    internal static async Task<long> SendAsync(HubClient sender, Guid workflowId, params string[] contents)
    {
        var sequence = 0L;
        foreach (var content in contents)
        {
            sequence = (await sender.InvokeAsync("SendMessage", new { workflowId, content })).GetProperty("sequence").GetInt64();
        }

        return sequence;
    }

    /// <summary>Breaks the client's connection and lets it reach nobody until the proxy is directed elsewhere.</summary>
    internal static async Task CutOffAsync(TcpProxy proxy, TypeScriptClient client)
    {
        const int nobody = 1;
        proxy.Retarget(nobody);
        proxy.ResetConnections();
        await client.WaitForAsync("drop");
    }

    internal static IEnumerable<long> Sequences(long first, long last)
    {
        for (var sequence = first; sequence <= last; sequence++)
        {
            yield return sequence;
        }
    }
}

/// <summary>A restart moves the server, so these have one of their own.</summary>
public sealed class TypeScriptClientRestartTests(Database database) : ServerTest(database)
{
    [Test]
    public async Task After_a_restart_of_the_server_it_has_its_session_back_and_misses_nothing()
    {
        var user = await SignedInAsync();
        var workflow = await WorkflowOfAsync(user);
        await using var proxy = new TcpProxy(Server.Url.Port);
        await using var client = await TypeScriptClient.StartAsync(proxy.Url, user);
        await client.CallAsync("join", workflow);

        await Server.RestartAsync();
        await client.WaitForAsync("drop");
        var send = client.CallAsync("send", workflow, "Sent while the server was away");
        proxy.Retarget(Server.Url.Port);

        (await send).GetProperty("sequence").GetInt64().ShouldBe(2);
        await client.WaitForSequenceAsync(2);
        client.Shown.ShouldBe([2L]);
        client.Reported("session")[^1].GetProperty("recovery").GetString().ShouldBe("live");
    }
}

/// <summary>The recovery window is over at once, so that coming back is always coming back late.</summary>
public sealed class TypeScriptClientCheckpointTests(Database database) : ServerTest(database)
{
    protected override IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string> { ["Sessions:RecoveryWindowSeconds"] = "0.001" };

    [Test]
    public async Task Coming_back_after_the_recovery_window_it_goes_on_from_the_checkpoint()
    {
        var user = await SignedInAsync();
        var workflow = await WorkflowOfAsync(user);
        await using var proxy = new TcpProxy(Server.Url.Port);
        await using var client = await TypeScriptClient.StartAsync(proxy.Url, user);
        await client.CallAsync("join", workflow);
        var sender = await ConnectedAsync(user);

        await TypeScriptClientTests.CutOffAsync(proxy, client);
        var last = await TypeScriptClientTests.SendAsync(sender, workflow, "Late", "Later");
        proxy.Retarget(Server.Url.Port);
        await client.WaitForSequenceAsync(last);

        var session = client.Reported("session")[^1];
        session.GetProperty("recovery").GetString().ShouldBe("checkpoint");
        session.GetProperty("id").GetGuid().ShouldNotBe(client.Reported("session")[0].GetProperty("id").GetGuid());
        client.Shown.ShouldBe(TypeScriptClientTests.Sequences(2, last));
    }
}

/// <summary>The server's clock is shifted, so that the client's access token runs out.</summary>
public sealed class TypeScriptClientTokenTests(Database database) : ServerTest(database)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>Half of it later, at the latest, the client renews its token.</summary>
    private static readonly TimeSpan BelievedLifetime = TimeSpan.FromSeconds(2);

    private readonly TestClock _time = new();

    protected override TimeProvider Time => _time;

    [Test]
    public async Task It_renews_its_token_on_the_open_connection_and_stays()
    {
        var user = await SignedInAsync();
        var workflow = await WorkflowOfAsync(user);
        await using var client = await TypeScriptClient.StartAsync(Server.Url, user, BelievedLifetime);
        await client.CallAsync("join", workflow);

        _time.Advance(Lifetime / 2);
        await client.WaitForAsync("renewed", client.Reported("renewed").Count + 2);
        _time.Advance(Lifetime / 2 + TimeSpan.FromMinutes(1));

        (await client.CallAsync("send", workflow, "Still here")).GetProperty("sequence").GetInt64().ShouldBe(2);
        await client.WaitForSequenceAsync(2);
        client.Reported("session").Count.ShouldBe(1);
        client.Reported("drop").ShouldBeEmpty();
    }

    [Test]
    public async Task When_its_token_runs_out_all_the_same_it_comes_back_to_its_session_with_a_new_one()
    {
        var user = await SignedInAsync();
        var workflow = await WorkflowOfAsync(user);
        await using var client = await TypeScriptClient.StartAsync(Server.Url, user, BelievedLifetime);
        await client.CallAsync("join", workflow);
        await client.WaitForAsync("renewed");
        await client.CallAsync("renewing", false);

        // It wants to renew, so by its own clock its token is outdated; by the server's it is only now.
        await client.WaitForAsync("kept");
        _time.Advance(Lifetime + TimeSpan.FromSeconds(6));
        await client.WaitForAsync("drop");
        await client.CallAsync("renewing", true);

        (await client.WaitForAsync("session", 2)).GetProperty("recovery").GetString().ShouldBe("live");
        client.Reported("end").ShouldBeEmpty();
        await client.CallAsync("send", workflow, "Back again");
        await client.WaitForSequenceAsync(2);
    }
}

/// <summary>The TypeScript example's own tests. Those of the library are the suite <c>ClientApp</c> of <c>test.sh</c>.</summary>
public sealed class TypeScriptUnitTests
{
    [Test]
    public async Task The_unit_tests_of_the_TypeScript_example_pass()
    {
        await TypeScriptExample.BuiltAsync();

        var output = await TypeScriptExample.NpmAsync("test");

        output.ShouldContain("pass 1");
        output.ShouldContain("fail 0");
    }
}
