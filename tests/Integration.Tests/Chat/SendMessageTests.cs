using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

public sealed class SendMessageTests(Database database) : ServerTest(database)
{
    [Test]
    public async Task A_message_reaches_everybody_who_has_the_workflow_open()
    {
        var (sarah, marco) = (await SignedInAsync("Sarah"), await SignedInAsync("Marco"));
        var workflow = await WorkflowOfAsync(sarah);
        await AddAsync(sarah, workflow, marco);
        var (sender, receiver) = (await ConnectedAsync(sarah), await ConnectedAsync(marco));
        await sender.InvokeAsync("JoinWorkflow", workflow);
        await receiver.InvokeAsync("JoinWorkflow", workflow);

        var ack = await sender.InvokeAsync("SendMessage", "Hello");

        var received = await receiver.WaitForEventAsync(workflow, ack.GetProperty("sequence").GetInt64());
        received.GetProperty("content").GetString().ShouldBe("Hello");
        received.GetProperty("messageId").GetGuid().ShouldBe(ack.GetProperty("messageId").GetGuid());
    }
}
