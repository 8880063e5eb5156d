using System.Text.Json;
using BmadServer.Integration.Tests.Support;
using BmadServer.Testing;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>The network between client and server fails.</summary>
public sealed class ConnectionLossTests(Database database) : ChatTest(database)
{
    private TcpProxy _network = null!;

    [SetUp]
    public void OpenNetwork() => _network = new TcpProxy(Server.Url.Port);

    [TearDown]
    public async Task CloseNetworkAsync() => await _network.DisposeAsync();

    [Test]
    public async Task After_a_reset_the_session_goes_on_on_a_new_connection()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var client = await CutOffAsync(workflow);

        var restored = await ConnectedAsync(Sarah, client.SessionId, _network.Url);
        var ack = await restored.InvokeAsync("SendMessage", "Back");

        restored.SessionId.ShouldBe(client.SessionId);
        restored.Session.Text("recovery").ShouldBe("live");
        ack.Id("workflowId").ShouldBe(workflow);
        await restored.WaitForEventAsync(workflow, ack.Number("sequence"));
    }

    [Test]
    public async Task After_a_reset_the_server_notes_the_drop_and_keeps_the_session()
    {
        var workflow = await WorkflowOfAsync(Sarah);

        var client = await CutOffAsync(workflow);

        await Sarah.UntilDroppedAsync(client.SessionId);
        var session = await Sarah.GetAsync($"sessions/{client.SessionId}");
        session.Items("joinedWorkflows").Single().Id("workflowId").ShouldBe(workflow);
    }

    [Test]
    public async Task Sends_that_a_reset_cuts_off_are_posted_exactly_once_when_they_are_repeated()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var client = await JoinedThroughNetworkAsync(workflow);
        var messages = Enumerable
            .Range(0, 40)
            .Select(number => new { content = $"{number}", clientMessageId = $"{TestContext.CurrentContext.Test.ID}-{number}" })
            .ToArray();

        var first = Task.WhenAll(messages.Select(message => client.InvokeAsync("SendMessage", message)));
        await client.WaitForEventAsync(workflow, 5);
        _network.ResetConnections();
        await client.Closed;
        // Which of them were answered before the cut is left to chance.
        await ((Task)first).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var restored = await ConnectedAsync(Sarah, client.SessionId, _network.Url);
        await Task.WhenAll(messages.Select(message => restored.InvokeAsync("SendMessage", message)));

        var posted = (await Sarah.MessagesAsync(workflow)).Contents();
        posted.ShouldBe(messages.Select(message => message.content), ignoreOrder: true);
    }

    [Test]
    public async Task A_half_open_connection_gives_way_to_the_one_that_its_client_comes_back_with()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var old = await JoinedThroughNetworkAsync(workflow);
        _network.Stall();

        // The server still takes the old connection for a good one.
        (await Sarah.GetAsync($"sessions/{old.SessionId}"))
            .Flag("connected")
            .ShouldBeTrue();
        var restored = await ConnectedAsync(Sarah, old.SessionId);

        restored.SessionId.ShouldBe(old.SessionId);
        restored.Session.Text("recovery").ShouldBe("live");
        _network.Resume();
        (await old.WaitForAsync("SessionEnded")).GetString().ShouldBe("replaced");
        await old.Closed;
        await SettleAsync(workflow, restored);
        old.Events(workflow).ShouldBeEmpty();
    }

    [Test]
    public async Task The_late_end_of_a_half_open_connection_does_not_touch_the_session()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var viewer = await JoinedAsync(Marco, workflow);
        var old = await JoinedThroughNetworkAsync(workflow);
        var connection = old.Connection.ConnectionId!;
        _network.Stall();
        var restored = await ConnectedAsync(Sarah, old.SessionId);
        _network.Resume();
        await old.Closed;
        await UntilLoggedAsync(line => line.Contains(connection) && line.Contains("closed by user"));

        await SettleAsync(workflow, restored, viewer);

        (await Sarah.GetAsync($"sessions/{old.SessionId}")).Flag("connected").ShouldBeTrue();
        viewer.Received("PresenceChanged").Select(presence => presence.Flag("online")).ShouldBe([true]);
    }

    [Test]
    public async Task While_one_is_cut_off_the_others_go_on()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var other = await JoinedAsync(Marco, workflow);
        await JoinedThroughNetworkAsync(workflow);
        _network.Stall();

        var acks = new List<JsonElement>();
        for (var number = 0; number < 20; number++)
        {
            acks.Add(await other.InvokeAsync("SendMessage", new string('x', 10_000)));
        }

        await other.WaitForEventAsync(workflow, acks[^1].Number("sequence"));
        other.Events(workflow).Sequences().ShouldBe(acks.Sequences());
    }

    private async Task<HubClient> JoinedThroughNetworkAsync(Guid workflow)
    {
        var client = await ConnectedAsync(Sarah, url: _network.Url);
        await client.InvokeAsync("JoinWorkflow", workflow);
        return client;
    }

    private async Task<HubClient> CutOffAsync(Guid workflow)
    {
        var client = await JoinedThroughNetworkAsync(workflow);
        _network.ResetConnections();
        await client.Closed;
        return client;
    }

    private async Task UntilLoggedAsync(Func<string, bool> isIt)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        while (!Server.Log.Lines.Any(isIt))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), patience.Token);
        }
    }
}
