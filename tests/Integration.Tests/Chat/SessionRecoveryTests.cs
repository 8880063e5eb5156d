using System.Globalization;
using System.Text.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>What a client gets that connects with <c>?session={id}</c>, by how long it was away.</summary>
public sealed class SessionRecoveryTests(Database database) : ChatTest(database)
{
    private static readonly TimeSpan RecoveryWindow = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(30);

    private readonly TestClock _time = new();

    protected override TimeProvider Time => _time;

    /// <summary>Earlier tests let the access token grow old.</summary>
    [SetUp]
    public Task SignInAsync() => Task.WhenAll(Sarah.SignInAsync(), Marco.SignInAsync());

    [Test]
    public async Task A_new_session_is_announced_with_the_fields_of_the_contract()
    {
        var client = await ConnectedAsync(Sarah);

        client.IsRestored.ShouldBeFalse();
        client.Session.Fields().ShouldBe(["id", "joinedWorkflows", "expiresAt"]);
        client.SessionId.Version.ShouldBe(7);
        client.Session.Items("joinedWorkflows").ShouldBeEmpty();
        client.Session.Text("expiresAt").ShouldBe(Wire(_time.GetUtcNow() + IdleLimit));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(60)]
    public async Task Within_the_recovery_window_it_is_the_same_session(int seconds)
    {
        var (first, second) = (await WorkflowOfAsync(Sarah), await WorkflowOfAsync(Sarah));
        var session = await DroppedAsync(Sarah, first, second);

        await LaterAsync(TimeSpan.FromSeconds(seconds));
        var client = await ConnectedAsync(Sarah, session);

        client.IsRestored.ShouldBeTrue();
        client.Session.Fields().ShouldBe(["id", "recovery", "activeWorkflowId", "joinedWorkflows", "expiresAt", "message"]);
        client.SessionId.ShouldBe(session);
        client.Session.Text("recovery").ShouldBe("live");
        client.Session.Id("activeWorkflowId").ShouldBe(second);
        client.Session.GetProperty("joinedWorkflows").GetRawText().ShouldBe(Joined((first, 1), (second, 1)));
        client.Session.Text("expiresAt").ShouldBe(Wire(_time.GetUtcNow() + IdleLimit));
    }

    [TestCase(61)]
    [TestCase(29 * 60 + 59)]
    public async Task After_the_window_it_is_a_new_session_with_the_old_ones_state(int seconds)
    {
        var (first, second) = (await WorkflowOfAsync(Sarah), await WorkflowOfAsync(Sarah));
        var session = await DroppedAsync(Sarah, first, second);

        await LaterAsync(TimeSpan.FromSeconds(seconds));
        var client = await ConnectedAsync(Sarah, session);

        client.IsRestored.ShouldBeTrue();
        client
            .Session.Fields()
            .ShouldBe(["id", "recovery", "recoveredFrom", "activeWorkflowId", "joinedWorkflows", "expiresAt", "message"]);
        client.SessionId.ShouldNotBe(session);
        client.Session.Text("recovery").ShouldBe("checkpoint");
        client.Session.Id("recoveredFrom").ShouldBe(session);
        client.Session.Id("activeWorkflowId").ShouldBe(second);
        client.Session.GetProperty("joinedWorkflows").GetRawText().ShouldBe(Joined((first, 1), (second, 1)));
    }

    [TestCase(30)]
    [TestCase(32)]
    public async Task After_the_idle_limit_it_is_a_fresh_session(int minutes)
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var session = await DroppedAsync(Sarah, workflow);

        await LaterAsync(TimeSpan.FromMinutes(minutes));
        var client = await ConnectedAsync(Sarah, session);

        ShouldBeFresh(client, session);
        await SettleAsync(workflow, await JoinedAsync(Sarah, workflow), client);
        client.Events(workflow).ShouldBeEmpty();
    }

    [TestCase(5)]
    [TestCase(90)]
    public async Task A_restored_session_receives_and_sends_without_joining_again(int seconds)
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var session = await DroppedAsync(Sarah, workflow);
        await LaterAsync(TimeSpan.FromSeconds(seconds));
        var writer = await ConnectedAsync(Sarah);

        var client = await ConnectedAsync(Sarah, session);
        var pushed = await writer.InvokeAsync("SendMessage", new { content = "Hello", workflowId = workflow });
        await client.WaitForEventAsync(workflow, pushed.Number("sequence"));
        var sent = await client.InvokeAsync("SendMessage", "Hello back");

        sent.Id("workflowId").ShouldBe(workflow);
    }

    [Test]
    public async Task What_was_missed_is_told_by_the_last_sequence_and_got_by_catching_up()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var session = await DroppedAsync(Sarah, workflow);
        var writer = await ConnectedAsync(Sarah);
        await writer.InvokeAsync("SendMessage", new { content = "One", workflowId = workflow });
        await writer.InvokeAsync("SendMessage", new { content = "Two", workflowId = workflow });

        var client = await ConnectedAsync(Sarah, session);
        var page = await client.InvokeAsync("CatchUp", workflow, 1);

        client.Session.Items("joinedWorkflows").Single().Number("lastSequence").ShouldBe(3);
        page.Items("events").Contents().ShouldBe(["One", "Two"]);
    }

    [Test]
    public async Task A_checkpoint_whose_answer_never_arrived_is_found_again_in_its_successor()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var session = await DroppedAsync(Sarah, workflow);
        await LaterAsync(RecoveryWindow * 2);
        var unheard = await ConnectedAsync(Sarah, session);

        var client = await ConnectedAsync(Sarah, session);

        client.SessionId.ShouldBe(unheard.SessionId);
        client.Session.Text("recovery").ShouldBe("live");
        client.Session.GetProperty("joinedWorkflows").GetRawText().ShouldBe(Joined((workflow, 1)));
        (await unheard.WaitForAsync("SessionEnded")).GetString().ShouldBe("replaced");
    }

    [Test]
    public async Task A_successor_can_itself_be_succeeded()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var first = await DroppedAsync(Sarah, workflow);
        await LaterAsync(RecoveryWindow * 2);
        var second = await ConnectedAsync(Sarah, first);
        await DropAsync(Sarah, second);
        await LaterAsync(RecoveryWindow * 2);

        var third = await ConnectedAsync(Sarah, first);

        third.Session.Id("recoveredFrom").ShouldBe(second.SessionId);
        third.Session.GetProperty("joinedWorkflows").GetRawText().ShouldBe(Joined((workflow, 1)));
    }

    [TestCase("?session=")]
    [TestCase("?session=garbage")]
    [TestCase("?session=00000000-0000-0000-0000-000000000000")]
    [TestCase("?session=01890a5d-ac96-774b-bcce-b302099a8057")]
    [TestCase("?session=%00%ff'%3b--")]
    [TestCase("?session=a&session=b")]
    public async Task What_is_no_session_gives_a_fresh_one(string query)
    {
        var client = Using(await HubClient.ConnectWithAsync(Server.Url, Sarah.AccessToken, query));

        client.IsRestored.ShouldBeFalse();
        client.Session.Items("joinedWorkflows").ShouldBeEmpty();
    }

    [Test]
    public async Task Somebody_elses_session_gives_a_fresh_one_and_stays_theirs()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var session = await DroppedAsync(Sarah, workflow);

        var thief = await ConnectedAsync(Marco, session);
        var owner = await ConnectedAsync(Sarah, session);

        ShouldBeFresh(thief, session);
        owner.SessionId.ShouldBe(session);
        owner.Session.Text("recovery").ShouldBe("live");
    }

    [Test]
    public async Task A_session_that_was_ended_gives_a_fresh_one()
    {
        var session = await DroppedAsync(Sarah, await WorkflowOfAsync(Sarah));
        (await Sarah.Http.DeleteAsync($"/api/v1/sessions/{session}")).EnsureSuccessStatusCode();

        var client = await ConnectedAsync(Sarah, session);

        ShouldBeFresh(client, session);
    }

    [Test]
    public async Task A_workflow_lost_while_away_is_neither_open_nor_active_any_more()
    {
        var (kept, lost) = (await WorkflowOfAsync(Marco), await SharedWorkflowAsync((Marco, "contributor")));
        var session = await DroppedAsync(Marco, kept, lost);
        await Sarah.RemoveAsync(lost, Marco);

        var client = await ConnectedAsync(Marco, session);
        var ack = await client.InvokeAsync("SendMessage", "Hello");

        client.Session.Id("activeWorkflowId").ShouldBe(kept);
        client.Session.GetProperty("joinedWorkflows").GetRawText().ShouldBe(Joined((kept, 1)));
        ack.Id("workflowId").ShouldBe(kept);
    }

    [Test]
    public async Task A_restored_session_without_workflows_has_none_active()
    {
        var session = await DroppedAsync(Sarah);

        var client = await ConnectedAsync(Sarah, session);

        client.Session.GetRawText().ShouldContain("\"activeWorkflowId\":null");
    }

    [Test]
    public async Task Two_tabs_are_two_sessions_and_both_receive()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var (left, right) = (await JoinedAsync(Sarah, workflow), await JoinedAsync(Sarah, workflow));

        var ack = await left.InvokeAsync("SendMessage", "Hello");

        right.SessionId.ShouldNotBe(left.SessionId);
        await left.WaitForEventAsync(workflow, ack.Number("sequence"));
        await right.WaitForEventAsync(workflow, ack.Number("sequence"));
        left.Received("SessionEnded").ShouldBeEmpty();
    }

    [Test]
    public async Task Fifty_connects_at_once_are_fifty_sessions()
    {
        var user = await SignedInAsync();

        var clients = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ConnectAsync(user)));

        var sessions = (await user.GetAsync("sessions")).Items("sessions");
        sessions.Select(session => session.Id("id")).ShouldBe(clients.Select(client => client.SessionId), ignoreOrder: true);
        sessions.ShouldAllBe(session => session.GetProperty("connected").GetBoolean());
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }

    private Task<HubClient> ConnectAsync(TestUser user) => HubClient.ConnectAsync(Server.Url, user.AccessToken);

    /// <summary>A session of the user's that had these workflows open when its connection closed.</summary>
    private async Task<Guid> DroppedAsync(TestUser user, params Guid[] workflows)
    {
        var client = await JoinedAsync(user, workflows);
        await DropAsync(user, client);
        return client.SessionId;
    }

    private static async Task DropAsync(TestUser user, HubClient client)
    {
        await client.Connection.StopAsync();
        await user.UntilDroppedAsync(client.SessionId);
    }

    private async Task LaterAsync(TimeSpan by)
    {
        _time.Advance(by);
        await Sarah.SignInAsync();
    }

    private static void ShouldBeFresh(HubClient client, Guid session)
    {
        client.IsRestored.ShouldBeFalse();
        client.SessionId.ShouldNotBe(session);
        client.Session.Items("joinedWorkflows").ShouldBeEmpty();
    }

    private static string Joined(params (Guid Id, int LastSequence)[] workflows) =>
        JsonSerializer.Serialize(workflows.Select(workflow => new { workflowId = workflow.Id, lastSequence = workflow.LastSequence }));

    private static string Wire(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
