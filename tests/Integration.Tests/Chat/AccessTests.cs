using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>Who may do what on the hub: participants, observers, those who were removed, and strangers.</summary>
public sealed class AccessTests(Database database) : ChatTest(database)
{
    private const string NotFound = "workflow.not_found: There is no such workflow.";
    private const string ReadOnly = "workflow.read_only: An observer may read but not write.";

    private static readonly string[] Methods =
    [
        "JoinWorkflow",
        "LeaveWorkflow",
        "SendMessage",
        "EditMessage",
        "DeleteMessage",
        "CatchUp",
        "SetTyping",
        "MarkRead",
    ];

    [TestCaseSource(nameof(Methods))]
    public async Task To_a_stranger_a_workflow_is_one_that_does_not_exist(string method)
    {
        var workflow = await SharedWorkflowAsync();
        var owner = await JoinedAsync(Sarah, workflow);
        var message = (await owner.InvokeAsync("SendMessage", "Hello")).Id("messageId");
        var stranger = await ConnectedAsync(Nadia);

        var real = await RefusalAsync(() => stranger.CallAsync(method, Arguments(method, workflow, message)));
        var unreal = await RefusalAsync(() => stranger.CallAsync(method, Arguments(method, Guid.CreateVersion7(), message)));

        real.ShouldBe(NotFound);
        unreal.ShouldBe(NotFound);
        (await Sarah.LastSequenceAsync(workflow)).ShouldBe(2);
    }

    [Test]
    public async Task A_stranger_who_tried_to_join_receives_nothing()
    {
        var workflow = await SharedWorkflowAsync();
        var (owner, stranger) = (await JoinedAsync(Sarah, workflow), await ConnectedAsync(Nadia));
        await RefusalAsync(() => stranger.InvokeAsync("JoinWorkflow", workflow));

        await owner.CallAsync("SetTyping", workflow, true);
        await JoinedAsync(Sarah, workflow);

        await SettleAsync(workflow, owner, stranger);
        stranger.Events(workflow).ShouldBeEmpty();
        stranger.Received("TypingChanged").ShouldBeEmpty();
        stranger.Received("PresenceChanged").ShouldBeEmpty();
    }

    [Test]
    public async Task Nobody_can_join_the_personal_workflow_of_another()
    {
        var stranger = await ConnectedAsync(Nadia);
        var personal = await Sarah.PersonalWorkflowAsync();

        (await RefusalAsync(() => stranger.InvokeAsync("JoinWorkflow", personal))).ShouldBe(NotFound);
    }

    [Test]
    public async Task An_observer_reads_everything()
    {
        var workflow = await SharedWorkflowAsync((Marco, "observer"));
        var (owner, observer) = (await JoinedAsync(Sarah, workflow), await JoinedAsync(Marco, workflow));

        var ack = await owner.InvokeAsync("SendMessage", "Hello");

        await observer.WaitForEventAsync(workflow, ack.Number("sequence"));
        (await observer.InvokeAsync("CatchUp", workflow, 0)).Items("events").Length.ShouldBe(3);
    }

    [TestCase("SendMessage")]
    [TestCase("EditMessage")]
    [TestCase("DeleteMessage")]
    [TestCase("SetTyping")]
    public async Task An_observer_writes_nothing(string method)
    {
        var workflow = await SharedWorkflowAsync((Marco, "observer"));
        var (owner, observer) = (await JoinedAsync(Sarah, workflow), await JoinedAsync(Marco, workflow));
        var message = (await owner.InvokeAsync("SendMessage", "Hello")).Id("messageId");

        var refusal = await RefusalAsync(() => observer.CallAsync(method, Arguments(method, workflow, message)));

        refusal.ShouldBe(ReadOnly);
        (await Sarah.LastSequenceAsync(workflow)).ShouldBe(3);
    }

    [Test]
    public async Task Plain_text_of_an_observer_in_the_active_workflow_is_refused()
    {
        var workflow = await SharedWorkflowAsync((Marco, "observer"));
        var observer = await JoinedAsync(Marco, workflow);

        (await RefusalAsync(() => observer.InvokeAsync("SendMessage", "Hello"))).ShouldBe(ReadOnly);
    }

    [Test]
    public async Task One_who_is_removed_learns_of_it_and_of_nothing_later_on_any_device()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        HubClient[] devices = [await JoinedAsync(Marco, workflow), await JoinedAsync(Marco, workflow)];
        var owner = await JoinedAsync(Sarah, workflow);

        await Sarah.RemoveAsync(workflow, Marco);
        // They learn of it after the answer.
        await SettleAsync(workflow, owner, devices);
        await owner.CallAsync("SetTyping", workflow, true);

        await SettleAsync(workflow, owner, devices);
        foreach (var device in devices)
        {
            var last = device.Events(workflow).ShouldHaveSingleItem();
            last.Fields().ShouldBe(["kind", "workflowId", "sequence", "at", "actor", "userId"]);
            last.Text("kind").ShouldBe("participantRemoved");
            last.Id("userId").ShouldBe(Marco.Id);
            device.Received("TypingChanged").ShouldBeEmpty();
        }
    }

    [Test]
    public async Task When_one_is_removed_the_others_go_on()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"), (Nadia, "contributor"));
        var (owner, other) = (await JoinedAsync(Sarah, workflow), await JoinedAsync(Nadia, workflow));
        await JoinedAsync(Marco, workflow);

        await Sarah.RemoveAsync(workflow, Marco);
        var ack = await other.InvokeAsync("SendMessage", "Without Marco");

        await owner.WaitForEventAsync(workflow, ack.Number("sequence"));
        await other.WaitForEventAsync(workflow, ack.Number("sequence"));
        owner.Events(workflow).Select(@event => @event.Text("kind")).ShouldBe(["participantRemoved", "messagePosted"]);
        other.Events(workflow).Raw().ShouldBe(owner.Events(workflow).Raw());
    }

    [TestCaseSource(nameof(Methods))]
    public async Task To_one_who_was_removed_the_workflow_no_longer_exists(string method)
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var writer = await JoinedAsync(Marco, workflow);
        var message = (await writer.InvokeAsync("SendMessage", "Hello")).Id("messageId");
        var other = await ConnectedAsync(Marco);
        await Sarah.RemoveAsync(workflow, Marco);

        var refusal = await RefusalAsync(() => other.CallAsync(method, Arguments(method, workflow, message)));

        refusal.ShouldBe(NotFound);
    }

    [Test]
    public async Task One_who_was_removed_can_close_what_is_still_open()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var client = await JoinedAsync(Marco, workflow);
        await Sarah.RemoveAsync(workflow, Marco);

        await client.CallAsync("LeaveWorkflow", workflow);
        var ack = await client.InvokeAsync("SendMessage", "Somewhere else");

        ack.Id("workflowId").ShouldBe(await Marco.PersonalWorkflowAsync());
    }

    [Test]
    public async Task What_one_who_was_removed_has_active_does_not_send_their_text_elsewhere()
    {
        var (own, workflow) = (await WorkflowOfAsync(Marco), await SharedWorkflowAsync((Marco, "contributor")));
        var client = await JoinedAsync(Marco, own, workflow);
        await Sarah.RemoveAsync(workflow, Marco);

        (await RefusalAsync(() => client.InvokeAsync("SendMessage", "For Sarah's eyes"))).ShouldBe(NotFound);

        (await Marco.MessagesAsync(own)).ShouldBeEmpty();
    }

    [Test]
    public async Task One_who_goes_and_is_added_again_goes_on_with_what_is_still_open()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var client = await JoinedAsync(Marco, workflow);
        await Marco.RemoveAsync(workflow, Marco);
        await AddAsync(Sarah, workflow, Marco);

        var ack = await client.InvokeAsync("SendMessage", "Back");

        await client.WaitForEventAsync(workflow, ack.Number("sequence"));
        client
            .Events(workflow)
            .Select(@event => @event.Text("kind"))
            .ShouldBe(["participantRemoved", "participantAdded", "messagePosted"]);
    }

    [Test]
    public async Task One_who_closed_it_and_is_added_again_receives_nothing_until_they_join()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var client = await JoinedAsync(Marco, workflow);
        await Marco.RemoveAsync(workflow, Marco);
        await client.WaitForAsync("ReceiveEvent");
        await client.CallAsync("LeaveWorkflow", workflow);
        await AddAsync(Sarah, workflow, Marco);

        await client.InvokeAsync("JoinWorkflow", workflow);
        var ack = await client.InvokeAsync("SendMessage", "Back");

        await client.WaitForEventAsync(workflow, ack.Number("sequence"));
        client.Events(workflow).Select(@event => @event.Text("kind")).ShouldBe(["participantRemoved", "messagePosted"]);
    }

    private static object?[] Arguments(string method, Guid workflow, Guid message) =>
        method switch
        {
            "JoinWorkflow" or "LeaveWorkflow" => [workflow],
            "SendMessage" => [new { content = "Hello", workflowId = workflow }],
            "EditMessage" => [workflow, message, "Changed"],
            "DeleteMessage" => [workflow, message],
            "CatchUp" => [workflow, 0],
            "SetTyping" => [workflow, true],
            "MarkRead" => [workflow, 1],
            _ => throw new ArgumentOutOfRangeException(nameof(method)),
        };
}
