using System.Text.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>A client that has stopped reading, with everything between it and the server full.</summary>
public sealed class StalledClientTests(Database database) : ChatTest(database)
{
    /// <summary>
    /// Just more than the operating system and the server keep for a connection together: the tests begin before the server
    /// gives up on the client.
    /// </summary>
    private const int Messages = 320;

    private Guid _workflow;
    private Guid _stalledSession;
    private HubClient _sender = null!;

    [OneTimeSetUp]
    public async Task StallAsync()
    {
        _workflow = await SharedWorkflowAsync((Marco, "contributor"), (Nadia, "contributor"));
        var stalled = UsingForFixture(await RawHubClient.ConnectAsync(Server.Url, Marco.AccessToken));
        await stalled.SendFrameAsync($$"""{"type":1,"invocationId":"1","target":"JoinWorkflow","arguments":["{{_workflow}}"]}""");
        await stalled.CompletionAsync("1");
        _stalledSession = (await Marco.GetAsync("sessions")).Items("sessions").Single().Id("id");

        // From here on it reads nothing.
        _sender = await HubClient.ConnectAsync(Server.Url, Sarah.AccessToken);
        var longest = new string('x', 16_000);
        for (var i = 0; i < Messages; i++)
        {
            await _sender.InvokeAsync("SendMessage", new { content = longest, workflowId = _workflow });
        }
    }

    [OneTimeTearDown]
    public async Task DisposeSenderAsync() => await _sender.DisposeAsync();

    [Test, Order(1)]
    public async Task Others_can_type_and_send() =>
        await Should.NotThrowAsync(async () =>
        {
            await _sender.CallAsync("SetTyping", _workflow, true).WaitAsync(Patience);
            await _sender.InvokeAsync("SendMessage", new { content = "still here", workflowId = _workflow }).WaitAsync(Patience);
        });

    [Test, Order(2)]
    public async Task Others_can_open_the_workflow_and_receive()
    {
        var nadia = await ConnectedAsync(Nadia);

        await nadia.InvokeAsync("JoinWorkflow", _workflow).WaitAsync(Patience);
        var ack = await _sender.InvokeAsync("SendMessage", new { content = "welcome", workflowId = _workflow }).WaitAsync(Patience);

        await nadia.WaitForEventAsync(_workflow, ack.Number("sequence"));
    }

    [Test, Order(3)]
    public async Task Its_session_can_be_ended()
    {
        var response = await Marco.Http.DeleteAsync($"/api/v1/sessions/{_stalledSession}").WaitAsync(Patience);

        response.IsSuccessStatusCode.ShouldBeTrue();
    }

    [Test, Order(4)]
    public async Task It_can_be_removed_and_the_others_go_on()
    {
        var nadia = await JoinedAsync(Nadia, _workflow);

        await Sarah.Http.DeleteAsync($"/api/v1/workflows/{_workflow}/participants/{Marco.Id}").WaitAsync(Patience);
        var ack = await _sender.InvokeAsync("SendMessage", new { content = "going on", workflowId = _workflow }).WaitAsync(Patience);

        await nadia.WaitForEventAsync(_workflow, ack.Number("sequence"));
    }

    [Test, Order(5)]
    public async Task It_is_closed_and_finds_its_session_and_all_that_it_missed_when_it_comes_back()
    {
        await AddAsync(Sarah, _workflow, Marco);
        await using var stalled = await RawHubClient.ConnectAsync(Server.Url, Marco.AccessToken);
        await stalled.SendFrameAsync($$"""{"type":1,"invocationId":"1","target":"JoinWorkflow","arguments":["{{_workflow}}"]}""");
        var snapshot = (await stalled.CompletionAsync("1")).GetProperty("result");
        var session = await ConnectedSessionAsync(Marco);
        var longest = new string('x', 16_000);

        // Until the server has nothing left to keep it in.
        JsonElement ack;
        do
        {
            ack = await _sender.InvokeAsync("SendMessage", new { content = longest, workflowId = _workflow });
            (ack.Number("sequence") - snapshot.Number("lastSequence")).ShouldBeLessThan(2_000);
        } while ((await Marco.GetAsync($"sessions/{session}")).Flag("connected"));

        var back = await ConnectedAsync(Marco, session);
        back.SessionId.ShouldBe(session);
        var have = snapshot.Number("lastSequence");
        JsonElement page;
        do
        {
            page = await back.InvokeAsync("CatchUp", _workflow, have);
            page.Items("events").Sequences().ShouldBe(Enumerable.Range(1, page.Items("events").Length).Select(next => have + next));
            have = page.Items("events")[^1].Number("sequence");
        } while (page.Flag("hasMore"));
        have.ShouldBe(ack.Number("sequence"));
    }

    private static async Task<Guid> ConnectedSessionAsync(TestUser user) =>
        (await user.GetAsync("sessions")).Items("sessions").Single(session => session.Flag("connected")).Id("id");

    /// <summary>Only a server that waits for the stalled client takes this long.</summary>
    private static TimeSpan Patience => TimeSpan.FromSeconds(30);
}
