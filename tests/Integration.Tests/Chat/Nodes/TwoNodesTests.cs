using System.Diagnostics;
using System.Net;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Integration.Tests.Support;
using Microsoft.EntityFrameworkCore;
using ServerNode = BmadServer.Testing.ServerNode;

namespace BmadServer.Integration.Tests.Chat.Nodes;

/// <summary>What holds across nodes whether they have a backplane or not.</summary>
[TestFixture(true)]
[TestFixture(false)]
public sealed class TwoNodesTests(bool withRedis) : NodesTest
{
    [OneTimeSetUp]
    public Task StartAsync() => StartNodesAsync(withRedis);

    [Test]
    public async Task What_is_sent_on_one_node_arrives_in_order_on_the_other()
    {
        var workflow = await SharedWorkflowAsync();
        var (sarah, marco) = (await JoinedAsync(First, Sarah, workflow), await JoinedAsync(Second, Marco, workflow));

        var sends = new List<long>();
        for (var i = 0; i < 20; i++)
        {
            sends.Add(await SendAsync(i % 2 == 0 ? sarah : marco, workflow, $"Message {i}"));
        }

        foreach (var reader in new[] { sarah, marco })
        {
            await reader.WaitForEventAsync(workflow, sends[^1]);
            reader.Events(workflow).Select(@event => @event.Number("sequence")).ShouldBe(sends);
        }
    }

    [Test]
    public async Task What_is_sent_on_one_node_arrives_on_the_other_soon()
    {
        var workflow = await SharedWorkflowAsync();
        var (sarah, marco) = (await JoinedAsync(First, Sarah, workflow), await JoinedAsync(Second, Marco, workflow));
        List<TimeSpan> times = [];

        for (var i = 0; i < 5; i++)
        {
            var sent = await SendAsync(sarah, workflow, "Hello");
            var acked = Stopwatch.GetTimestamp();
            await marco.WaitForEventAsync(workflow, sent);
            times.Add(Stopwatch.GetElapsedTime(acked));
        }

        times.Sort();
        await TestContext.Out.WriteLineAsync($"after the ack: median {times[2].TotalMilliseconds:0} ms, slowest {times[^1].TotalMilliseconds:0} ms");
        times[2].ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    [Test]
    public async Task A_new_password_closes_the_other_device_on_another_node()
    {
        var nora = Using(await TestUser.SignUpAsync(First.Url, "Nora"));
        var (client, cookie) = (await ConnectedAsync(Second, nora), nora.RefreshCookie);
        await nora.SignInAsync();

        await nora
            .Http.PostTextAsync(
                "/api/v1/auth/password",
                $$"""{"currentPassword":"{{TestUser.Password}}","newPassword":"a kettle sings at dawn"}"""
            )
            .ShouldBeNoContentAsync();

        await client.Closed;
        using var http = TestUser.Client(Second.Url);
        await http.PostCookieAsync("/api/v1/auth/refresh", cookie).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.refresh_invalid");
    }

    [Test]
    public async Task A_repeat_on_another_node_gets_the_first_ack()
    {
        var workflow = await SharedWorkflowAsync();
        var (here, there) = (await ConnectedAsync(First, Sarah), await ConnectedAsync(Second, Sarah));
        var message = new { content = "Once", workflowId = workflow, clientMessageId = "the same" };

        var first = await here.InvokeAsync("SendMessage", message);
        var repeat = await there.InvokeAsync("SendMessage", message);

        repeat.Flag("duplicate").ShouldBeTrue();
        repeat.Text("messageId").ShouldBe(first.Text("messageId"));
        repeat.Number("sequence").ShouldBe(first.Number("sequence"));
    }

    [Test]
    public async Task One_who_opens_a_workflow_on_one_node_is_present_on_the_other_until_they_close_it()
    {
        var workflow = await SharedWorkflowAsync();
        var sarah = await JoinedAsync(First, Sarah, workflow);

        var marco = await ConnectedAsync(Second, Marco);
        var snapshot = await marco.InvokeAsync("JoinWorkflow", workflow);

        snapshot.Items("online").Select(user => user.GetGuid()).ShouldBe([Sarah.Id, Marco.Id], ignoreOrder: true);
        await sarah.WaitForAsync("PresenceChanged", change => change.Id("userId") == Marco.Id && change.Flag("online"));
        await marco.CallAsync("LeaveWorkflow", workflow);
        await sarah.WaitForAsync("PresenceChanged", change => change.Id("userId") == Marco.Id && !change.Flag("online"));
        sarah.Received("PresenceChanged").Count.ShouldBe(2);
    }

    [Test]
    public async Task One_who_drops_on_one_node_is_offline_on_the_other()
    {
        var workflow = await SharedWorkflowAsync();
        var (sarah, marco) = (await JoinedAsync(First, Sarah, workflow), await JoinedAsync(Second, Marco, workflow));
        await sarah.WaitForAsync("PresenceChanged", change => change.Flag("online"));

        await marco.Connection.StopAsync();

        (await sarah.WaitForAsync("PresenceChanged", change => !change.Flag("online"))).Id("userId").ShouldBe(Marco.Id);
    }

    [Test]
    public async Task One_who_is_on_both_nodes_is_present_until_the_last_device_has_gone()
    {
        var workflow = await SharedWorkflowAsync();
        var (sarah, marco) = (await JoinedAsync(First, Sarah, workflow), await JoinedAsync(Second, Marco, workflow));
        await sarah.WaitForAsync("PresenceChanged", change => change.Flag("online"));
        var second = await JoinedAsync(First, Marco, workflow);

        await second.CallAsync("LeaveWorkflow", workflow);
        await SettleAsync(workflow, sarah);
        sarah.Received("PresenceChanged").Count.ShouldBe(1);
        await marco.CallAsync("LeaveWorkflow", workflow);

        await sarah.WaitForAsync("PresenceChanged", change => !change.Flag("online"));
    }

    [Test]
    public async Task A_session_that_is_ended_on_one_node_is_closed_on_the_other()
    {
        var workflow = await SharedWorkflowAsync();
        var marco = await JoinedAsync(Second, Marco, workflow);
        using var http = TestUser.Client(First.Url);
        http.DefaultRequestHeaders.Authorization = Marco.Http.DefaultRequestHeaders.Authorization;

        await http.DeleteAsync($"/api/v1/sessions/{marco.SessionId}").ShouldBeNoContentAsync();

        (await marco.WaitForAsync("SessionEnded")).GetString().ShouldBe("revoked");
        await marco.Closed;
    }

    /// <summary>The command is a process of its own, which tells neither node of it.</summary>
    [Test]
    public async Task One_who_is_disabled_is_cut_off_on_each_node()
    {
        await using var nadia = await TestUser.SignUpAsync(First.Url, "Nadia");
        var devices = new[] { await ConnectedAsync(First, nadia), await ConnectedAsync(Second, nadia) };
        var environment = Settings.ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value);
        environment["Data__Directory"] = First.DataDirectory;

        (await ServerProcess.RunAsync(environment, "users", "disable", nadia.Email, "--json")).ShouldBeDone().Number("endedSessions").ShouldBe(2);

        await Task.WhenAll(devices.Select(device => device.Closed));
        foreach (var node in new[] { First, Second })
        {
            using var http = TestUser.Client(node.Url);
            await http
                .PostTextAsync("/api/v1/auth/login", $$"""{"email":"{{nadia.Email}}","password":"{{TestUser.Password}}"}""")
                .ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.invalid_credentials");
        }
    }

    [Test]
    public async Task One_who_logs_out_on_one_node_is_cut_off_on_the_other()
    {
        await using var nadia = await TestUser.SignUpAsync(First.Url, "Nadia");
        var device = await ConnectedAsync(Second, nadia);

        await nadia.Http.PostCookieAsync("/api/v1/auth/logout", nadia.RefreshCookie).ShouldBeNoContentAsync();

        (await device.WaitForAsync("SessionEnded")).GetString().ShouldBe("loggedOut");
    }

    [Test]
    public async Task One_who_is_removed_on_one_node_learns_of_it_on_the_other_and_of_nothing_later()
    {
        var workflow = await SharedWorkflowAsync();
        var (sarah, marco) = (await JoinedAsync(First, Sarah, workflow), await JoinedAsync(Second, Marco, workflow));
        await sarah.WaitForAsync("PresenceChanged", change => change.Id("userId") == Marco.Id && change.Flag("online"));

        await Sarah.Http.DeleteAsync($"/api/v1/workflows/{workflow}/participants/{Marco.Id}").ShouldBeNoContentAsync();
        var later = await SendAsync(sarah, workflow, "Not for Marco");

        await marco.WaitForEventAsync(workflow, later - 1);
        // Somebody else on that node, who is to see it.
        var witness = await JoinedAsync(Second, Sarah, workflow);
        await witness.WaitForEventAsync(workflow, await SendAsync(sarah, workflow, "Marker"));
        marco.Events(workflow)[^1].Text("kind").ShouldBe("participantRemoved");
        await sarah.WaitForAsync("PresenceChanged", change => change.Id("userId") == Marco.Id && !change.Flag("online"));
    }

    [Test]
    public async Task A_session_is_resumed_on_the_other_node_with_what_it_had_open()
    {
        var workflow = await SharedWorkflowAsync();
        var (sarah, marco) = (await JoinedAsync(First, Sarah, workflow), await JoinedAsync(Second, Marco, workflow));
        await marco.Connection.StopAsync();

        var resumed = await ConnectedAsync(First, Marco, marco.SessionId);

        resumed.SessionId.ShouldBe(marco.SessionId);
        resumed.Session.Text("recovery").ShouldBe("live");
        await resumed.WaitForEventAsync(workflow, await SendAsync(sarah, workflow, "Welcome back"));
    }

    [Test]
    public async Task A_connection_whose_session_is_resumed_on_another_node_is_replaced()
    {
        var workflow = await SharedWorkflowAsync();
        var old = await JoinedAsync(Second, Marco, workflow);

        var resumed = await ConnectedAsync(First, Marco, old.SessionId);

        resumed.SessionId.ShouldBe(old.SessionId);
        (await old.WaitForAsync("SessionEnded")).GetString().ShouldBe("replaced");
        await old.Closed;
        // The old one's end is no drop of the new one.
        await Eventually.ShouldBeTrueAsync(
            async () => (await Marco.Http.GetAsync($"/api/v1/sessions/{old.SessionId}").ShouldBeAsync(HttpStatusCode.OK)).Flag("connected"),
            "the session is connected"
        );
        await SendAsync(resumed, workflow, "Still here");
    }

    [Test]
    public async Task A_node_that_was_taken_for_dead_has_its_sessions_again()
    {
        var marco = await ConnectedAsync(Second, Marco);
        var longAgo = TimeProvider.System.Now() - TimeSpan.FromMinutes(1);

        await First.InDatabaseAsync(db =>
            db
                .Sessions.Where(session => session.Id == new SessionId(marco.SessionId))
                .ExecuteUpdateAsync(update =>
                    update
                        .SetProperty(session => session.NodeId, (NodeId?)null)
                        .SetProperty(session => session.ConnectionId, (string?)null)
                        .SetProperty(session => session.DisconnectedAt, longAgo)
                )
        );

        await Eventually.ShouldBeTrueAsync(
            async () => (await Marco.Http.GetAsync($"/api/v1/sessions/{marco.SessionId}").ShouldBeAsync(HttpStatusCode.OK)).Flag("connected"),
            "the session is connected"
        );
        marco.Received("SessionEnded").ShouldBeEmpty();
    }

    [Test]
    public async Task A_node_that_is_killed_loses_nothing_and_nobody_stays_present_through_it()
    {
        var workflow = await SharedWorkflowAsync();
        var sarah = await JoinedAsync(First, Sarah, workflow);
        await using var dying = await ServerNode.StartNewAsync(
            Settings.ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value)
        );
        await using var nadia = await TestUser.SignUpAsync(First.Url, "Nadia");
        await Sarah
            .Http.PostTextAsync($"/api/v1/workflows/{workflow}/participants", $$"""{"email":"{{nadia.Email}}","role":"observer"}""")
            .ShouldBeAsync(HttpStatusCode.Created);
        var stays = await JoinedAsync(dying.Url, Marco, workflow);
        await JoinedAsync(dying.Url, nadia, workflow);
        foreach (var user in new[] { Marco, nadia })
        {
            await sarah.WaitForAsync("PresenceChanged", change => change.Id("userId") == user.Id && change.Flag("online"));
        }

        var acked = await SendAsync(stays, workflow, "Acknowledged");
        await dying.KillAsync();
        var killed = Stopwatch.GetTimestamp();

        await sarah.WaitForEventAsync(workflow, acked);
        var resumed = await ConnectedAsync(Second, Marco, stays.SessionId);
        resumed.SessionId.ShouldBe(stays.SessionId);
        resumed.Session.Text("recovery").ShouldBe("live");
        await resumed.WaitForEventAsync(workflow, await SendAsync(sarah, workflow, "Welcome back"));
        await sarah.WaitForAsync("PresenceChanged", change => change.Id("userId") == nadia.Id && !change.Flag("online"));
        await TestContext.Out.WriteLineAsync($"offline {Stopwatch.GetElapsedTime(killed).TotalSeconds:0.0} s after the kill");
        var snapshot = await sarah.InvokeAsync("JoinWorkflow", workflow);
        snapshot.Items("online").Select(user => user.GetGuid()).ShouldBe([Sarah.Id, Marco.Id], ignoreOrder: true);
    }

    private static async Task SettleAsync(Guid workflow, HubClient witness) =>
        await witness.WaitForEventAsync(workflow, await SendAsync(witness, workflow, "Marker"));
}
