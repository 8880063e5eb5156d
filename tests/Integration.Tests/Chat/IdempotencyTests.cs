using System.Text.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>A send repeated with the same clientMessageId gets the first ack and adds nothing, whatever happened since.</summary>
public sealed class IdempotencyTests(Database database) : ChatTest(database)
{
    private const string Conflict = "message.idempotency_conflict: Another message was already sent with this clientMessageId.";

    private Guid _workflow;
    private HubClient _client = null!;

    /// <summary>A key is for ever, so every test has its own.</summary>
    private static string Key => $"key {TestContext.CurrentContext.Test.ID}";

    [SetUp]
    public async Task OpenWorkflowAsync()
    {
        _workflow = await SharedWorkflowAsync((Marco, "contributor"));
        _client = await JoinedAsync(Marco, _workflow);
    }

    [Test]
    public async Task A_repeat_at_once_gets_the_first_ack()
    {
        var first = await SendAsync(_client, "Hello");

        var again = await SendAsync(_client, "Hello");

        again.GetRawText().ShouldBe(first.AsDuplicate());
        await ShouldHoldAsync("Hello");
    }

    [Test]
    public async Task A_repeat_on_another_connection_gets_the_first_ack()
    {
        var first = await SendAsync(_client, "Hello");
        var other = await ConnectedAsync(Marco);

        var again = await other.InvokeAsync("SendMessage", new { content = "Hello", clientMessageId = Key });

        again.GetRawText().ShouldBe(first.AsDuplicate());
        await ShouldHoldAsync("Hello");
    }

    [Test]
    public async Task A_repeat_after_an_edit_and_a_deletion_gets_the_first_ack()
    {
        var first = await SendAsync(_client, "Hello");

        await _client.InvokeAsync("EditMessage", _workflow, first.Id("messageId"), "Hello, all");
        var afterEdit = await SendAsync(_client, "Hello");
        await _client.InvokeAsync("DeleteMessage", _workflow, first.Id("messageId"));
        var afterDeletion = await SendAsync(_client, "Hello");

        afterEdit.GetRawText().ShouldBe(first.AsDuplicate());
        afterDeletion.GetRawText().ShouldBe(first.AsDuplicate());
        await ShouldHoldAsync("");
    }

    [Test]
    public async Task A_repeat_after_theMarco_was_removed_gets_the_first_ack()
    {
        var first = await SendAsync(_client, "Hello");
        await Sarah.RemoveAsync(_workflow, Marco);

        var again = await SendAsync(_client, "Hello");

        again.GetRawText().ShouldBe(first.AsDuplicate());
        await ShouldHoldAsync("Hello");
    }

    [Test]
    public async Task A_repeat_after_the_workflow_was_closed_gets_the_first_ack()
    {
        var first = await SendAsync(_client, "Hello");
        await Sarah.ChangeAsync(_workflow, new { status = "completed" });

        var again = await SendAsync(_client, "Hello");

        again.GetRawText().ShouldBe(first.AsDuplicate());
    }

    [Test]
    public async Task A_repeat_without_a_workflow_is_one_even_when_another_is_active_by_now()
    {
        var first = await _client.InvokeAsync("SendMessage", new { content = "Hello", clientMessageId = Key });
        await _client.InvokeAsync("JoinWorkflow", await WorkflowOfAsync(Marco));

        var again = await _client.InvokeAsync("SendMessage", new { content = "Hello", clientMessageId = Key });

        again.GetRawText().ShouldBe(first.AsDuplicate());
    }

    [Test]
    public async Task Nobody_receives_a_repeat()
    {
        var reader = await JoinedAsync(Sarah, _workflow);
        await SendAsync(_client, "Hello");

        await SendAsync(_client, "Hello");

        var marker = await _client.InvokeAsync("SendMessage", "Marker");
        await reader.WaitForEventAsync(_workflow, marker.Number("sequence"));
        reader.Events(_workflow).Contents().ShouldBe(["Hello", "Marker"]);
    }

    [Test]
    public async Task Of_twenty_racing_attempts_on_two_connections_one_posts_and_the_others_get_its_ack()
    {
        HubClient[] clients = [_client, await JoinedAsync(Marco, _workflow)];

        var acks = await Task.WhenAll(Enumerable.Range(0, 20).Select(attempt => SendAsync(clients[attempt % 2], "Hello")));

        var first = acks.Single(ack => !ack.Flag("duplicate"));
        acks.Where(ack => ack.Flag("duplicate")).Raw().ShouldAllBe(ack => ack == first.AsDuplicate());
        await ShouldHoldAsync("Hello");
    }

    [Test]
    public async Task Of_twenty_racing_texts_under_one_key_one_is_posted_and_the_others_are_refused()
    {
        HubClient[] clients = [_client, await JoinedAsync(Marco, _workflow)];

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(attempt => AnswerAsync(() => SendAsync(clients[attempt % 2], $"Text {attempt}")))
        );

        answers.Count(answer => answer == Conflict).ShouldBe(19);
        var posted = (await Sarah.MessagesAsync(_workflow)).Single();
        answers.ShouldContain(posted.Id("messageId").ToString());
    }

    [Test]
    public async Task Another_text_under_the_same_key_is_refused()
    {
        await SendAsync(_client, "Hello");

        (await RefusalAsync(() => SendAsync(_client, "Hello, all"))).ShouldBe(Conflict);

        await ShouldHoldAsync("Hello");
    }

    [Test]
    public async Task Another_workflow_under_the_same_key_is_refused()
    {
        await SendAsync(_client, "Hello");
        var other = await WorkflowOfAsync(Marco);

        var refusal = await RefusalAsync(() =>
            _client.InvokeAsync(
                "SendMessage",
                new
                {
                    content = "Hello",
                    workflowId = other,
                    clientMessageId = Key,
                }
            )
        );

        refusal.ShouldBe(Conflict);
        (await Marco.MessagesAsync(other)).ShouldBeEmpty();
    }

    [Test]
    public async Task Another_reply_under_the_same_key_is_refused()
    {
        var question = await _client.InvokeAsync("SendMessage", "Question");
        await SendAsync(_client, "Answer");

        var refusal = await RefusalAsync(() =>
            _client.InvokeAsync(
                "SendMessage",
                new
                {
                    content = "Answer",
                    clientMessageId = Key,
                    replyTo = question.Id("messageId"),
                }
            )
        );

        refusal.ShouldBe(Conflict);
    }

    [Test]
    public async Task Two_users_may_use_the_same_key()
    {
        var other = await JoinedAsync(Sarah, _workflow);
        var key = new { content = "Hello", clientMessageId = Key };

        var (ofMarco, ofSarah) = (await _client.InvokeAsync("SendMessage", key), await other.InvokeAsync("SendMessage", key));

        ofSarah.Flag("duplicate").ShouldBeFalse();
        ofSarah.Id("messageId").ShouldNotBe(ofMarco.Id("messageId"));
        await ShouldHoldAsync("Hello", "Hello");
    }

    [Test]
    public async Task A_refused_send_does_not_use_up_its_key()
    {
        await RefusalAsync(() =>
            _client.InvokeAsync(
                "SendMessage",
                new
                {
                    content = "Hello",
                    clientMessageId = Key,
                    replyTo = Guid.CreateVersion7(),
                }
            )
        );

        var ack = await SendAsync(_client, "Hello");

        ack.Flag("duplicate").ShouldBeFalse();
    }

    [Test]
    public async Task The_same_text_without_a_key_is_posted_each_time()
    {
        await _client.InvokeAsync("SendMessage", "Hello");
        await _client.InvokeAsync("SendMessage", "Hello");

        await ShouldHoldAsync("Hello", "Hello");
    }

    [Test]
    public async Task Keys_differ_by_case_and_are_kept_as_they_came()
    {
        var lower = await _client.InvokeAsync("SendMessage", new { content = "One", clientMessageId = "key-ä" });
        var upper = await _client.InvokeAsync("SendMessage", new { content = "Two", clientMessageId = "KEY-Ä" });

        lower.Text("clientMessageId").ShouldBe("key-ä");
        upper.Text("clientMessageId").ShouldBe("KEY-Ä");
        upper.Flag("duplicate").ShouldBeFalse();
    }

    [TestCase("")]
    [TestCase("  ")]
    [TestCase("nul\0")]
    public async Task What_is_no_text_is_no_key(string key)
    {
        var refusal = await RefusalAsync(() => _client.InvokeAsync("SendMessage", new { content = "Hello", clientMessageId = key }));

        refusal.ShouldStartWith("validation.failed: ");
        await ShouldHoldAsync();
    }

    [Test]
    public async Task A_key_of_128_characters_is_taken_and_one_of_129_refused()
    {
        var longest = new string('k', 128);

        var ack = await _client.InvokeAsync("SendMessage", new { content = "Hello", clientMessageId = longest });
        var refusal = await RefusalAsync(() =>
            _client.InvokeAsync("SendMessage", new { content = "Hello", clientMessageId = longest + "k" })
        );

        ack.Text("clientMessageId").ShouldBe(longest);
        refusal.ShouldBe("validation.failed: clientMessageId must be at most 128 characters long.");
    }

    private Task<JsonElement> SendAsync(HubClient client, string content) =>
        client.InvokeAsync(
            "SendMessage",
            new
            {
                content,
                workflowId = _workflow,
                clientMessageId = Key,
            }
        );

    /// <returns>The id of the message posted, or the refusal.</returns>
    private static async Task<string> AnswerAsync(Func<Task<JsonElement>> send)
    {
        try
        {
            return (await send()).Text("messageId");
        }
        catch (Microsoft.AspNetCore.SignalR.HubException refusal)
        {
            return refusal.Message;
        }
    }

    private async Task ShouldHoldAsync(params string[] contents) => (await Sarah.MessagesAsync(_workflow)).Contents().ShouldBe(contents);
}
