using System.Text.Json;
using BmadServer.Integration.Tests.Support;
using BmadServer.Testing;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>The server is stopped and another one started on the same data. Users reach both at one address.</summary>
public sealed class ServerRestartTests(Database database) : ServerTest(database)
{
    private TcpProxy _address = null!;
    private TestUser _sarah = null!;

    [OneTimeSetUp]
    public async Task SignUpAsync()
    {
        _address = new TcpProxy(Server.Url.Port);
        _sarah = await TestUser.SignUpAsync(_address.Url, "Sarah");
    }

    [OneTimeTearDown]
    public async Task DisposeOfAddressAsync()
    {
        await _sarah.DisposeAsync();
        await _address.DisposeAsync();
    }

    [Test]
    public async Task A_session_goes_on_after_a_restart()
    {
        var workflow = await WorkflowOfAsync(_sarah);
        var client = await ConnectedAsync(_sarah);
        await client.InvokeAsync("JoinWorkflow", workflow);

        await RestartAsync(client);
        var restored = await ConnectedAsync(_sarah, client.SessionId);
        var ack = await restored.InvokeAsync("SendMessage", "Back");

        restored.SessionId.ShouldBe(client.SessionId);
        restored.Session.Text("recovery").ShouldBe("live");
        ack.Id("workflowId").ShouldBe(workflow);
        await restored.WaitForEventAsync(workflow, ack.Number("sequence"));
    }

    [Test]
    public async Task The_log_is_the_same_after_a_restart()
    {
        var workflow = await WorkflowOfAsync(_sarah);
        var client = await ConnectedAsync(_sarah);
        await client.InvokeAsync("JoinWorkflow", workflow);
        var message = await client.InvokeAsync("SendMessage", "One");
        await client.InvokeAsync("EditMessage", workflow, message.Id("messageId"), "Two");
        await client.WaitForEventAsync(workflow, 3);

        await RestartAsync(client);
        var restored = await ConnectedAsync(_sarah, client.SessionId);
        var page = await restored.InvokeAsync("CatchUp", workflow, 1);

        page.Items("events").Raw().ShouldBe(client.Events(workflow).Raw());
    }

    [Test]
    public async Task A_repeat_after_a_restart_gets_the_first_ack()
    {
        var workflow = await WorkflowOfAsync(_sarah);
        var message = new
        {
            content = "Hello",
            workflowId = workflow,
            clientMessageId = "before the restart",
        };
        var client = await ConnectedAsync(_sarah);
        var first = await client.InvokeAsync("SendMessage", message);

        await RestartAsync(client);
        var restored = await ConnectedAsync(_sarah, client.SessionId);
        var again = await restored.InvokeAsync("SendMessage", message);

        again.GetRawText().ShouldBe(first.AsDuplicate());
    }

    private Task<HubClient> ConnectedAsync(TestUser user, Guid? session = null) => ConnectedAsync(user, session, _address.Url);

    private async Task RestartAsync(HubClient client)
    {
        await Server.RestartAsync();
        _address.Retarget(Server.Url.Port);
        await client.Closed;
    }
}
