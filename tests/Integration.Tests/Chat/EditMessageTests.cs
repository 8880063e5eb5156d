using System.Text.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

public sealed class EditMessageTests(Database database) : ChatTest(database)
{
    private const string Forbidden = "message.forbidden: Only its author may do this; an owner may delete.";
    private const string NotFound = "message.not_found: There is no such message in this workflow.";

    private Guid _workflow;
    private HubClient _owner = null!;
    private HubClient _contributor = null!;

    [SetUp]
    public async Task OpenWorkflowAsync()
    {
        _workflow = await SharedWorkflowAsync((Marco, "contributor"));
        (_owner, _contributor) = (await JoinedAsync(Sarah, _workflow), await JoinedAsync(Marco, _workflow));
    }

    [Test]
    public async Task An_edit_reaches_everybody_and_changes_the_message()
    {
        var message = await PostAsync(_contributor, "Helo");

        var ack = await EditAsync(_contributor, message, "Hello");

        ack.Id("messageId").ShouldBe(message);
        ack.Flag("duplicate").ShouldBeFalse();
        var @event = await _owner.WaitForEventAsync(_workflow, ack.Number("sequence"));
        @event.Fields().ShouldBe(["kind", "workflowId", "sequence", "at", "actor", "messageId", "content"]);
        @event.Text("kind").ShouldBe("messageEdited");
        @event.Text("content").ShouldBe("Hello");
        @event.Text("at").ShouldBe(ack.Text("committedAt"));
        var stored = (await Sarah.MessagesAsync(_workflow)).Single();
        stored.Text("content").ShouldBe("Hello");
        stored.Text("editedAt").ShouldBe(ack.Text("committedAt"));
        stored.Number("sequence").ShouldBe(ack.Number("sequence") - 1);
    }

    [Test]
    public async Task A_deletion_reaches_everybody_and_leaves_a_tombstone()
    {
        var message = await PostAsync(_contributor, "Hello");

        var ack = await DeleteAsync(_contributor, message);

        var @event = await _owner.WaitForEventAsync(_workflow, ack.Number("sequence"));
        @event.Fields().ShouldBe(["kind", "workflowId", "sequence", "at", "actor", "messageId"]);
        @event.Text("kind").ShouldBe("messageDeleted");
        @event.Id("messageId").ShouldBe(message);
        var tombstone = (await Sarah.MessagesAsync(_workflow)).Single();
        tombstone.Text("content").ShouldBeEmpty();
        tombstone.Text("deletedAt").ShouldBe(ack.Text("committedAt"));
        tombstone.Id("messageId").ShouldBe(message);
    }

    [Test]
    public async Task The_history_of_a_message_stays_in_the_log()
    {
        var message = await PostAsync(_contributor, "One");
        await EditAsync(_contributor, message, "Two");
        await DeleteAsync(_contributor, message);

        var log = (await Sarah.LogAsync(_workflow)).TakeLast(3).ToArray();

        log.Select(@event => @event.Text("kind")).ShouldBe(["messagePosted", "messageEdited", "messageDeleted"]);
        log.Take(2).Contents().ShouldBe(["One", "Two"]);
    }

    [Test]
    public async Task An_owner_may_not_edit_what_others_wrote()
    {
        var message = await PostAsync(_contributor, "Mine");

        (await RefusalAsync(() => EditAsync(_owner, message, "Yours"))).ShouldBe(Forbidden);

        (await Sarah.MessagesAsync(_workflow)).Contents().ShouldBe(["Mine"]);
    }

    [Test]
    public async Task A_contributor_may_neither_edit_nor_delete_what_others_wrote()
    {
        var message = await PostAsync(_owner, "Mine");

        (await RefusalAsync(() => EditAsync(_contributor, message, "Yours"))).ShouldBe(Forbidden);
        (await RefusalAsync(() => DeleteAsync(_contributor, message))).ShouldBe(Forbidden);

        (await Sarah.MessagesAsync(_workflow)).Contents().ShouldBe(["Mine"]);
    }

    [Test]
    public async Task An_owner_may_delete_what_others_wrote()
    {
        var message = await PostAsync(_contributor, "Mine");

        var ack = await DeleteAsync(_owner, message);

        var @event = await _contributor.WaitForEventAsync(_workflow, ack.Number("sequence"));
        @event.GetProperty("actor").Id("id").ShouldBe(Sarah.Id);
        (await Marco.MessagesAsync(_workflow)).Single().GetProperty("author").Id("id").ShouldBe(Marco.Id);
    }

    [Test]
    public async Task Repeating_an_edit_gives_the_same_ack_and_adds_nothing()
    {
        var message = await PostAsync(_owner, "One");

        var first = await EditAsync(_owner, message, "Two");
        var again = await EditAsync(_owner, message, "Two");

        again.GetRawText().ShouldBe(first.AsDuplicate());
        (await Sarah.LastSequenceAsync(_workflow)).ShouldBe(first.Number("sequence"));
    }

    [Test]
    public async Task Repeating_a_deletion_gives_the_same_ack_and_adds_nothing()
    {
        var message = await PostAsync(_contributor, "One");

        var first = await DeleteAsync(_contributor, message);
        var again = await DeleteAsync(_owner, message);

        again.GetRawText().ShouldBe(first.AsDuplicate());
        (await Sarah.LastSequenceAsync(_workflow)).ShouldBe(first.Number("sequence"));
    }

    [Test]
    public async Task An_edit_back_to_an_earlier_text_is_an_edit()
    {
        var message = await PostAsync(_owner, "One");
        await EditAsync(_owner, message, "Two");

        var back = await EditAsync(_owner, message, "One");

        back.Flag("duplicate").ShouldBeFalse();
        (await Sarah.MessagesAsync(_workflow)).Contents().ShouldBe(["One"]);
    }

    [Test]
    public async Task Twenty_racing_deletions_are_one_event_and_one_first_ack()
    {
        var message = await PostAsync(_contributor, "One");

        var acks = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(attempt => DeleteAsync(attempt % 2 == 0 ? _owner : _contributor, message))
        );

        var first = acks.Single(ack => !ack.Flag("duplicate"));
        acks.Where(ack => ack.Flag("duplicate")).Raw().ShouldAllBe(ack => ack == first.AsDuplicate());
        (await Sarah.LastSequenceAsync(_workflow)).ShouldBe(first.Number("sequence"));
    }

    [Test]
    public async Task A_deleted_message_cannot_be_edited()
    {
        var message = await PostAsync(_owner, "One");
        await DeleteAsync(_owner, message);

        var refusal = await RefusalAsync(() => EditAsync(_owner, message, "Two"));

        refusal.ShouldBe("message.deleted: The message has been deleted.");
    }

    [Test]
    public async Task An_unknown_message_can_be_neither_edited_nor_deleted()
    {
        var unknown = Guid.CreateVersion7();

        (await RefusalAsync(() => EditAsync(_owner, unknown, "Two"))).ShouldBe(NotFound);
        (await RefusalAsync(() => DeleteAsync(_owner, unknown))).ShouldBe(NotFound);
    }

    [Test]
    public async Task A_message_of_another_workflow_can_be_neither_edited_nor_deleted()
    {
        var other = await WorkflowOfAsync(Sarah);
        var elsewhere = (await _owner.InvokeAsync("SendMessage", new { content = "One", workflowId = other })).Id("messageId");

        (await RefusalAsync(() => EditAsync(_owner, elsewhere, "Two"))).ShouldBe(NotFound);
        (await RefusalAsync(() => DeleteAsync(_owner, elsewhere))).ShouldBe(NotFound);

        (await Sarah.MessagesAsync(other)).Contents().ShouldBe(["One"]);
    }

    [Test]
    public async Task A_closed_workflow_takes_neither_edits_nor_deletions()
    {
        const string closed = "workflow.closed: The workflow is completed or cancelled and takes no more messages.";
        var message = await PostAsync(_owner, "One");
        await Sarah.ChangeAsync(_workflow, new { status = "completed" });

        (await RefusalAsync(() => EditAsync(_owner, message, "Two"))).ShouldBe(closed);
        (await RefusalAsync(() => DeleteAsync(_owner, message))).ShouldBe(closed);
    }

    [TestCase("")]
    [TestCase(" \t\n")]
    [TestCase(null)]
    [TestCase("nul \0 inside")]
    public async Task An_edit_to_what_is_no_message_is_refused(string? content)
    {
        var message = await PostAsync(_owner, "One");

        var refusal = await RefusalAsync(() => EditAsync(_owner, message, content));

        refusal.ShouldStartWith("validation.failed: Content must ");
        (await Sarah.MessagesAsync(_workflow)).Contents().ShouldBe(["One"]);
    }

    private async Task<Guid> PostAsync(HubClient author, string content) =>
        (await author.InvokeAsync("SendMessage", new { content, workflowId = _workflow })).Id("messageId");

    private Task<JsonElement> EditAsync(HubClient editor, Guid message, string? content) =>
        editor.InvokeAsync("EditMessage", _workflow, message, content);

    private Task<JsonElement> DeleteAsync(HubClient deleter, Guid message) => deleter.InvokeAsync("DeleteMessage", _workflow, message);
}
