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

    /// <summary>Only a server that waits for the stalled client takes this long.</summary>
    private static TimeSpan Patience => TimeSpan.FromSeconds(10);
}
