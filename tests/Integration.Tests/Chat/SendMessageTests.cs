using System.Globalization;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

public sealed class SendMessageTests(Database database) : ChatTest(database)
{
    private static readonly DateTimeOffset Unknown = DateTimeOffset.UnixEpoch;

    [Test]
    public async Task A_message_reaches_everybody_who_has_the_workflow_open()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var (sender, receiver) = (await JoinedAsync(Sarah, workflow), await JoinedAsync(Marco, workflow));

        var ack = await sender.InvokeAsync("SendMessage", "Hello");

        var received = await receiver.WaitForEventAsync(workflow, ack.Number("sequence"));
        received.Text("content").ShouldBe("Hello");
        received.Id("messageId").ShouldBe(ack.Id("messageId"));
        (await sender.WaitForEventAsync(workflow, ack.Number("sequence"))).GetRawText().ShouldBe(received.GetRawText());
    }

    [Test]
    public async Task The_ack_has_the_fields_of_the_contract()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var client = await JoinedAsync(Sarah, workflow);

        var ack = await client.InvokeAsync("SendMessage", new { content = "Hello", clientMessageId = "ack-shape" });

        ack.Fields().ShouldBe(["workflowId", "messageId", "sequence", "clientMessageId", "receivedAt", "committedAt", "duplicate"]);
        ack.Id("workflowId").ShouldBe(workflow);
        ack.Id("messageId").Version.ShouldBe(7);
        ack.Number("sequence").ShouldBe(2);
        ack.Text("clientMessageId").ShouldBe("ack-shape");
        ack.Flag("duplicate").ShouldBeFalse();
    }

    [Test]
    public async Task The_ack_of_plain_text_says_that_there_is_no_clientMessageId()
    {
        var client = await ConnectedAsync(Sarah);

        var ack = await client.InvokeAsync("SendMessage", "Hello");

        ack.GetRawText().ShouldContain("\"clientMessageId\":null");
    }

    [Test]
    public async Task It_was_received_before_it_was_committed_and_the_event_has_the_time_of_the_commit()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var client = await JoinedAsync(Sarah, workflow);

        var ack = await client.InvokeAsync("SendMessage", "Hello");

        var @event = await client.WaitForEventAsync(workflow, ack.Number("sequence"));
        @event.Text("at").ShouldBe(ack.Text("committedAt"));
        var (received, committed) = (TimeOf(ack.Text("receivedAt")), TimeOf(ack.Text("committedAt")));
        received.ShouldBeGreaterThan(Unknown);
        committed.ShouldBeGreaterThanOrEqualTo(received);
    }

    [Test]
    public async Task The_event_has_the_fields_of_the_contract()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var client = await JoinedAsync(Sarah, workflow);

        var first = await client.InvokeAsync("SendMessage", "Question");
        var plain = await client.WaitForEventAsync(workflow, first.Number("sequence"));
        var second = await client.InvokeAsync(
            "SendMessage",
            new
            {
                content = "Answer",
                clientMessageId = "event-shape",
                replyTo = first.Id("messageId"),
            }
        );
        var full = await client.WaitForEventAsync(workflow, second.Number("sequence"));

        plain.Fields().ShouldBe(["kind", "workflowId", "sequence", "at", "actor", "messageId", "content"]);
        full.Fields().ShouldBe(["kind", "workflowId", "sequence", "at", "actor", "messageId", "content", "replyTo", "clientMessageId"]);
        full.Text("kind").ShouldBe("messagePosted");
        full.Id("replyTo").ShouldBe(first.Id("messageId"));
        full.Text("clientMessageId").ShouldBe("event-shape");
        full.GetProperty("actor").GetRawText().ShouldBe($$"""{"id":"{{Sarah.Id}}","kind":"user","name":"Sarah"}""");
    }

    [Test]
    public async Task Plain_text_goes_to_the_workflow_joined_last()
    {
        var (first, second) = (await WorkflowOfAsync(Sarah), await WorkflowOfAsync(Sarah));
        var client = await JoinedAsync(Sarah, first, second);

        var toSecond = await client.InvokeAsync("SendMessage", "Hello");
        await client.InvokeAsync("JoinWorkflow", first);
        var toFirst = await client.InvokeAsync("SendMessage", "Hello again");

        toSecond.Id("workflowId").ShouldBe(second);
        toFirst.Id("workflowId").ShouldBe(first);
    }

    [Test]
    public async Task An_object_without_a_workflow_goes_to_the_active_one()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var client = await JoinedAsync(Sarah, workflow);

        var ack = await client.InvokeAsync("SendMessage", new { content = "Hello" });

        ack.Id("workflowId").ShouldBe(workflow);
    }

    [Test]
    public async Task A_workflow_that_the_message_names_goes_before_the_active_one()
    {
        var (named, active) = (await WorkflowOfAsync(Sarah), await WorkflowOfAsync(Sarah));
        var client = await JoinedAsync(Sarah, active);

        var ack = await client.InvokeAsync("SendMessage", new { content = "Hello", workflowId = named });

        ack.Id("workflowId").ShouldBe(named);
        (await Sarah.MessagesAsync(named)).Contents().ShouldBe(["Hello"]);
    }

    [Test]
    public async Task Before_any_join_a_message_goes_to_the_personal_workflow()
    {
        var client = await ConnectedAsync(Marco);

        var ack = await client.InvokeAsync("SendMessage", "Hello");

        ack.Id("workflowId").ShouldBe(await Marco.PersonalWorkflowAsync());
    }

    [Test]
    public async Task What_is_acknowledged_can_be_read_at_once()
    {
        var workflow = await SharedWorkflowAsync((Marco, "observer"));
        var client = await JoinedAsync(Sarah, workflow);

        var ack = await client.InvokeAsync("SendMessage", "Hello");

        (await Marco.MessagesAsync(workflow)).Single().Id("messageId").ShouldBe(ack.Id("messageId"));
    }

    [Test]
    public async Task A_reply_to_an_unknown_message_is_refused()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var client = await JoinedAsync(Sarah, workflow);

        var refusal = await RefusalAsync(() =>
            client.InvokeAsync("SendMessage", new { content = "Answer", replyTo = Guid.CreateVersion7() })
        );

        refusal.ShouldBe("message.not_found: There is no such message in this workflow.");
        (await Sarah.MessagesAsync(workflow)).ShouldBeEmpty();
    }

    [Test]
    public async Task A_reply_to_a_message_of_another_workflow_is_refused()
    {
        var (other, workflow) = (await WorkflowOfAsync(Sarah), await WorkflowOfAsync(Sarah));
        var client = await JoinedAsync(Sarah, other, workflow);
        var elsewhere = await client.InvokeAsync("SendMessage", new { content = "Question", workflowId = other });

        var refusal = await RefusalAsync(() =>
            client.InvokeAsync("SendMessage", new { content = "Answer", replyTo = elsewhere.Id("messageId") })
        );

        refusal.ShouldStartWith("message.not_found: ");
    }

    [TestCase("completed")]
    [TestCase("cancelled")]
    public async Task A_closed_workflow_takes_no_message(string status)
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var client = await JoinedAsync(Sarah, workflow);
        await Sarah.ChangeAsync(workflow, new { status });

        var refusal = await RefusalAsync(() => client.InvokeAsync("SendMessage", "Hello"));

        refusal.ShouldBe("workflow.closed: The workflow is completed or cancelled and takes no more messages.");
        (await Sarah.MessagesAsync(workflow)).ShouldBeEmpty();
    }

    [Test]
    public async Task A_paused_workflow_still_takes_messages()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var client = await JoinedAsync(Sarah, workflow);
        await Sarah.ChangeAsync(workflow, new { status = "paused" });

        var ack = await client.InvokeAsync("SendMessage", "Hello");

        ack.Id("workflowId").ShouldBe(workflow);
    }

    private static DateTimeOffset TimeOf(string text) =>
        DateTimeOffset.ParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
