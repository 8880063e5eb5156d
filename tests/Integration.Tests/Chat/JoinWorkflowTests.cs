using System.Text.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

public sealed class JoinWorkflowTests(Database database) : ChatTest(database)
{
    private const int SnapshotMessages = 50;

    [Test]
    public async Task A_snapshot_of_long_messages_is_shorter_and_says_so()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var client = await ConnectedAsync(Sarah);
        for (var messages = 0; messages < 10; messages++)
        {
            await client.InvokeAsync("SendMessage", new { content = new string('x', 16_000), workflowId = workflow });
        }

        var snapshot = await client.InvokeAsync("JoinWorkflow", workflow);

        snapshot.Items("messages").Sequences().ShouldBe([11, 10, 9, 8, 7, 6, 5, 4]);
        snapshot.Flag("hasMoreMessages").ShouldBeTrue();
    }

    [Test]
    public async Task The_snapshot_has_the_fields_of_the_contract()
    {
        var workflow = await SharedWorkflowAsync((Marco, "observer"));
        var client = await ConnectedAsync(Marco);

        var snapshot = await client.InvokeAsync("JoinWorkflow", workflow);

        snapshot.Fields().ShouldBe(["workflow", "participants", "lastSequence", "messages", "hasMoreMessages", "online"]);
        var view = snapshot.GetProperty("workflow");
        view.GetRawText().ShouldBe((await Marco.GetAsync($"workflows/{workflow}")).GetRawText());
        view.Text("role").ShouldBe("observer");
        snapshot.Items("participants").Select(participant => participant.Id("userId")).ShouldBe([Sarah.Id, Marco.Id]);
        snapshot.Items("participants").Select(participant => participant.Text("role")).ShouldBe(["owner", "observer"]);
        snapshot.Items("participants")[0].Fields().ShouldBe(["userId", "name", "role", "joinedAt"]);
        snapshot.Number("lastSequence").ShouldBe(2);
        snapshot.Items("messages").ShouldBeEmpty();
        snapshot.Flag("hasMoreMessages").ShouldBeFalse();
    }

    [Test]
    public async Task The_snapshot_has_the_newest_50_messages_newest_first_and_says_whether_there_are_more()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var client = await JoinedAsync(Sarah, workflow);
        await SendAsync(client, 1, SnapshotMessages);

        var whole = await client.InvokeAsync("JoinWorkflow", workflow);
        await SendAsync(client, SnapshotMessages + 1, 1);
        var cut = await client.InvokeAsync("JoinWorkflow", workflow);

        whole.Items("messages").Contents().ShouldBe(Numbers(SnapshotMessages, 1));
        whole.Flag("hasMoreMessages").ShouldBeFalse();
        cut.Items("messages").Contents().ShouldBe(Numbers(SnapshotMessages + 1, 2));
        cut.Flag("hasMoreMessages").ShouldBeTrue();
    }

    [Test]
    public async Task The_snapshot_has_edits_applied_and_tombstones()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var client = await JoinedAsync(Sarah, workflow);
        var (edited, deleted) = (await client.InvokeAsync("SendMessage", "One"), await client.InvokeAsync("SendMessage", "Two"));
        await client.InvokeAsync("EditMessage", workflow, edited.Id("messageId"), "One, better");
        await client.InvokeAsync("DeleteMessage", workflow, deleted.Id("messageId"));

        var snapshot = await client.InvokeAsync("JoinWorkflow", workflow);

        snapshot.Items("messages").Raw().ShouldBe((await Sarah.MessagesAsync(workflow)).Raw());
        snapshot.Items("messages").Contents().ShouldBe(["", "One, better"]);
        snapshot.Number("lastSequence").ShouldBe(5);
    }

    [Test]
    public async Task The_events_after_the_snapshot_continue_it_while_others_write()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var (writer, joiner) = (await JoinedAsync(Marco, workflow), await ConnectedAsync(Sarah));
        var joining = new TaskCompletionSource<JsonElement>();

        var writing = WriteUntilAsync(writer, joining.Task);
        await writer.WaitForEventAsync(workflow, 5);
        joining.SetResult(await joiner.InvokeAsync("JoinWorkflow", workflow));
        var last = await writing;

        await joiner.WaitForEventAsync(workflow, last);
        var seen = (await joining.Task).Number("lastSequence");
        var after = joiner.Events(workflow).Sequences().Where(sequence => sequence > seen);
        after.ShouldBe(Range(seen + 1, last));
    }

    [Test]
    public async Task Before_joining_no_event_arrives()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var (writer, reader) = (await JoinedAsync(Sarah, workflow), await ConnectedAsync(Sarah));
        await writer.InvokeAsync("SendMessage", "Before");
        // What is on its way while one joins may arrive.
        await SettleAsync(workflow, writer);

        await reader.InvokeAsync("JoinWorkflow", workflow);
        var ack = await writer.InvokeAsync("SendMessage", "After");

        await reader.WaitForEventAsync(workflow, ack.Number("sequence"));
        reader.Events(workflow).Contents().ShouldBe(["After"]);
    }

    [Test]
    public async Task Joining_again_brings_no_event_twice()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var client = await JoinedAsync(Sarah, workflow, workflow, workflow);

        await client.InvokeAsync("SendMessage", "One");
        var last = await client.InvokeAsync("SendMessage", "Two");

        await client.WaitForEventAsync(workflow, last.Number("sequence"));
        client.Events(workflow).Contents().ShouldBe(["One", "Two"]);
    }

    [Test]
    public async Task The_snapshot_tells_who_has_the_workflow_open()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"), (Nadia, "contributor"));
        await JoinedAsync(Marco, workflow);
        await ConnectedAsync(Nadia);
        var client = await ConnectedAsync(Sarah);

        var snapshot = await client.InvokeAsync("JoinWorkflow", workflow);

        snapshot.Items("online").Select(user => user.GetGuid()).ShouldBe([Marco.Id, Sarah.Id], ignoreOrder: true);
    }

    [Test]
    public async Task After_leaving_the_events_stop()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var (writer, reader) = (await JoinedAsync(Sarah, workflow), await JoinedAsync(Sarah, workflow));

        await reader.CallAsync("LeaveWorkflow", workflow);

        await SettleAsync(workflow, writer, reader);
        reader.Events(workflow).ShouldBeEmpty();
    }

    [Test]
    public async Task After_leaving_the_one_joined_before_is_active_and_at_last_the_personal_one()
    {
        var (first, second) = (await WorkflowOfAsync(Marco), await WorkflowOfAsync(Marco));
        var client = await JoinedAsync(Marco, first, second);

        await client.CallAsync("LeaveWorkflow", second);
        var toFirst = await client.InvokeAsync("SendMessage", "Hello");
        await client.CallAsync("LeaveWorkflow", first);
        var toPersonal = await client.InvokeAsync("SendMessage", "Hello");

        toFirst.Id("workflowId").ShouldBe(first);
        toPersonal.Id("workflowId").ShouldBe(await Marco.PersonalWorkflowAsync());
    }

    [Test]
    public async Task Leaving_on_one_device_leaves_the_other_as_it_is()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var (phone, laptop) = (await JoinedAsync(Sarah, workflow), await JoinedAsync(Sarah, workflow));

        await phone.CallAsync("LeaveWorkflow", workflow);

        var ack = await laptop.InvokeAsync("SendMessage", "Hello");
        ack.Id("workflowId").ShouldBe(workflow);
        await laptop.WaitForEventAsync(workflow, ack.Number("sequence"));
    }

    [Test]
    public async Task One_who_left_is_still_a_participant_and_may_leave_again_and_come_back()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var client = await JoinedAsync(Marco, workflow);

        await client.CallAsync("LeaveWorkflow", workflow);
        await client.CallAsync("LeaveWorkflow", workflow);
        await client.InvokeAsync("JoinWorkflow", workflow);
        var ack = await client.InvokeAsync("SendMessage", "Back");

        await client.WaitForEventAsync(workflow, ack.Number("sequence"));
        (await Sarah.LogAsync(workflow)).Select(@event => @event.Text("kind")).ShouldNotContain("participantRemoved");
    }

    private static Task<JsonElement[]> SendAsync(HubClient client, int from, int count) =>
        Task.WhenAll(Enumerable.Range(from, count).Select(number => client.InvokeAsync("SendMessage", $"{number}")));

    /// <returns>The sequence of a message that was sent when the other task was over.</returns>
    private static async Task<long> WriteUntilAsync(HubClient writer, Task over)
    {
        while (!over.IsCompleted)
        {
            await writer.InvokeAsync("SendMessage", "More");
        }

        return (await writer.InvokeAsync("SendMessage", "The last")).Number("sequence");
    }

    private static string[] Numbers(int from, int downTo) =>
        [.. Enumerable.Range(downTo, from - downTo + 1).Reverse().Select(number => $"{number}")];

    private static IEnumerable<long> Range(long from, long to) => Enumerable.Range(0, (int)(to - from + 1)).Select(step => from + step);
}
