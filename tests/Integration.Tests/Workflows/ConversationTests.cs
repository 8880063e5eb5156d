using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Workflows;

/// <summary>Messages, events and the read mark over REST.</summary>
public sealed class ConversationTests(Database database) : ServerTest(database)
{
    private TestUser _sarah = null!;
    private TestUser _marco = null!;
    private HubClient _hub = null!;
    private Guid _workflow;

    [OneTimeSetUp]
    public async Task SignUpAsync()
    {
        (_sarah, _marco) = (await SharedUserAsync(), await SharedUserAsync("Marco"));
        _hub = await HubClient.ConnectAsync(Server.Url, _sarah.AccessToken);
    }

    [OneTimeTearDown]
    public async Task DisconnectAsync() => await _hub.DisposeAsync();

    /// <summary>Each test has a workflow of its own, which Sarah owns and Marco contributes to: two events.</summary>
    [SetUp]
    public async Task CreateWorkflowAsync()
    {
        _workflow = await WorkflowOfAsync(_sarah);
        await AddAsync(_sarah, _workflow, _marco);
    }

    [Test]
    public async Task A_message_is_answered_with_its_fields()
    {
        var first = await SendAsync(new { content = "Hello", workflowId = _workflow });
        var ack = await SendAsync(
            new
            {
                content = "Who are our first users? 🦊",
                workflowId = _workflow,
                clientMessageId = "key-1",
                replyTo = first.UuidV7("messageId"),
            }
        );

        var page = await GetAsync("messages").ShouldBeAsync(HttpStatusCode.OK);

        page.ShouldHaveFields("messages", "hasMore");
        page.GetProperty("hasMore").GetBoolean().ShouldBeFalse();
        var message = page.Items("messages")[0];
        message.ShouldHaveFields("messageId", "workflowId", "sequence", "author", "content", "replyTo", "clientMessageId", "postedAt");
        message.UuidV7("messageId").ShouldBe(ack.UuidV7("messageId"));
        message.UuidV7("workflowId").ShouldBe(_workflow);
        message.Number("sequence").ShouldBe(ack.Number("sequence"));
        message.Text("content").ShouldBe("Who are our first users? 🦊");
        message.UuidV7("replyTo").ShouldBe(first.UuidV7("messageId"));
        message.Text("clientMessageId").ShouldBe("key-1");
        message.UtcTime("postedAt").ShouldBe(ack.UtcTime("committedAt"));
        var author = message.GetProperty("author").ShouldHaveFields("id", "kind", "name");
        (author.UuidV7("id"), author.Text("kind"), author.Text("name")).ShouldBe((_sarah.Id, "user", "Sarah"));
    }

    [Test]
    public async Task A_message_without_a_key_and_a_reply_leaves_those_fields_out()
    {
        await SendAsync(new { content = "Hello", workflowId = _workflow });

        var page = await GetAsync("messages").ShouldBeAsync(HttpStatusCode.OK);

        page.Items("messages")
            .ShouldHaveSingleItem()
            .ShouldHaveFields("messageId", "workflowId", "sequence", "author", "content", "postedAt");
    }

    [Test]
    public async Task An_edited_message_has_its_new_text_at_its_old_place()
    {
        var ack = await SendAsync(new { content = "Helo", workflowId = _workflow });
        await SendAsync(new { content = "And then", workflowId = _workflow });
        var edit = await _hub.InvokeAsync("EditMessage", _workflow, ack.UuidV7("messageId"), "Hello");

        var page = await GetAsync("messages").ShouldBeAsync(HttpStatusCode.OK);

        var message = page.Items("messages")[1];
        (message.Text("content"), message.Number("sequence")).ShouldBe(("Hello", ack.Number("sequence")));
        message.UtcTime("editedAt").ShouldBe(edit.UtcTime("committedAt"));
    }

    [Test]
    public async Task A_deleted_message_stays_as_a_tombstone_without_its_text()
    {
        var ack = await SendAsync(new { content = "A secret", workflowId = _workflow });
        var deletion = await _hub.InvokeAsync("DeleteMessage", _workflow, ack.UuidV7("messageId"));

        var page = await GetAsync("messages").ShouldBeAsync(HttpStatusCode.OK);

        var message = page.Items("messages").ShouldHaveSingleItem();
        message.Text("content").ShouldBeEmpty();
        message.Number("sequence").ShouldBe(ack.Number("sequence"));
        message.UtcTime("deletedAt").ShouldBe(deletion.UtcTime("committedAt"));
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(100)]
    public async Task Paging_back_gives_every_message_exactly_once_newest_first(int limit)
    {
        const int count = 30;
        await Server.PostAsync(_workflow, _sarah, count);
        List<string> seen = [];
        JsonElement page;
        var before = "";
        do
        {
            page = await GetAsync($"messages?limit={limit}{before}").ShouldBeAsync(HttpStatusCode.OK);
            seen.AddRange(page.Items("messages").Select(message => message.Text("content")));
            before = $"&before={page.Items("messages")[^1].Number("sequence")}";
        } while (page.GetProperty("hasMore").GetBoolean());

        seen.ShouldBe(Enumerable.Range(1, count).Reverse().Select(i => $"Message {i}"));
    }

    [Test]
    public async Task A_page_has_50_messages_unless_another_limit_is_given()
    {
        await Server.PostAsync(_workflow, _sarah, 51);

        var page = await GetAsync("messages").ShouldBeAsync(HttpStatusCode.OK);

        page.Items("messages").Length.ShouldBe(50);
        page.GetProperty("hasMore").GetBoolean().ShouldBeTrue();
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(32)]
    [TestCase(500)]
    public async Task Paging_forward_gives_every_event_exactly_once_in_order(int limit)
    {
        await Server.PostAsync(_workflow, _sarah, 30);
        List<long> seen = [];
        JsonElement page;
        do
        {
            page = await GetAsync($"events?limit={limit}&after={seen.LastOrDefault()}").ShouldBeAsync(HttpStatusCode.OK);
            page.Number("lastSequence").ShouldBe(32);
            seen.AddRange(page.Items("events").Select(@event => @event.Number("sequence")));
        } while (page.GetProperty("hasMore").GetBoolean());

        seen.ShouldBe(Enumerable.Range(1, 32).Select(i => (long)i));
    }

    [Test]
    public async Task A_page_has_500_events_unless_another_limit_is_given()
    {
        await Server.PostAsync(_workflow, _sarah, 499);

        var page = await GetAsync("events").ShouldBeAsync(HttpStatusCode.OK);

        page.Items("events").Length.ShouldBe(500);
        page.GetProperty("hasMore").GetBoolean().ShouldBeTrue();
    }

    [TestCase(2)]
    [TestCase(1000)]
    [TestCase(long.MaxValue)]
    public async Task After_the_end_of_the_log_there_is_nothing_more(long after)
    {
        var page = await GetAsync($"events?after={after}").ShouldBeAsync(HttpStatusCode.OK);

        page.ShouldHaveFields("events", "lastSequence", "hasMore");
        page.Items("events").ShouldBeEmpty();
        page.Number("lastSequence").ShouldBe(2);
        page.GetProperty("hasMore").GetBoolean().ShouldBeFalse();
    }

    [Test]
    public async Task Each_kind_of_event_has_the_common_fields_and_its_own()
    {
        await SendAsync(new { content = "Hello", workflowId = _workflow, clientMessageId = "key-2" });
        var message = (await GetAsync("messages").ShouldBeAsync(HttpStatusCode.OK)).Items("messages")[0].UuidV7("messageId");
        await SendAsync(
            new
            {
                content = "Hi",
                workflowId = _workflow,
                replyTo = message,
            }
        );
        await _hub.InvokeAsync("EditMessage", _workflow, message, "Hello!");
        await _hub.InvokeAsync("DeleteMessage", _workflow, message);
        await _sarah.PatchAsync(_workflow, new { title = "Renamed", status = "paused" }).ShouldBeAsync(HttpStatusCode.OK);
        await _sarah.Http.DeleteAsync($"/api/v1/workflows/{_workflow}/participants/{_marco.Id}").ShouldBeNoContentAsync();

        var page = await GetAsync("events").ShouldBeAsync(HttpStatusCode.OK);

        string[] common = ["kind", "workflowId", "sequence", "at", "actor"];
        (string Kind, string[] Own)[] expected =
        [
            ("participantAdded", ["userId", "name", "role"]),
            ("participantAdded", ["userId", "name", "role"]),
            ("messagePosted", ["messageId", "content", "clientMessageId"]),
            ("messagePosted", ["messageId", "content", "replyTo"]),
            ("messageEdited", ["messageId", "content"]),
            ("messageDeleted", ["messageId"]),
            ("workflowRenamed", ["title"]),
            ("workflowStatusChanged", ["status"]),
            ("participantRemoved", ["userId"]),
        ];
        var events = page.Items("events");
        events.Select(@event => @event.Text("kind")).ShouldBe(expected.Select(one => one.Kind));
        foreach (var (@event, (_, own)) in events.Zip(expected))
        {
            @event.ShouldHaveFields([.. common, .. own]);
            @event.UuidV7("workflowId").ShouldBe(_workflow);
            @event.UtcTime("at").ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
            @event.GetProperty("actor").ShouldHaveFields("id", "kind", "name").UuidV7("id").ShouldBe(_sarah.Id);
        }
    }

    [TestCase("messages?limit=0", "limit")]
    [TestCase("messages?limit=-1", "limit")]
    [TestCase("messages?limit=101", "limit")]
    [TestCase("messages?before=0", "before")]
    [TestCase("messages?before=-1", "before")]
    [TestCase("events?limit=0", "limit")]
    [TestCase("events?limit=-1", "limit")]
    [TestCase("events?limit=501", "limit")]
    [TestCase("events?after=-1", "after")]
    public async Task A_page_that_cannot_be_is_refused_with_400(string query, string field) =>
        await GetAsync(query).ShouldBeInvalidAsync(field);

    [TestCase("messages?limit=abc")]
    [TestCase("messages?before=newest")]
    [TestCase("events?limit=1e3")]
    [TestCase("events?after=99999999999999999999")]
    public async Task What_is_no_number_is_refused_with_400(string query) =>
        await GetAsync(query).ShouldBeRefusedAsync(HttpStatusCode.BadRequest, "request.malformed");

    [Test]
    public async Task The_read_mark_is_the_readers_own()
    {
        await ReadAsync(_sarah, 2).ShouldBeNoContentAsync();

        (await MarkOfAsync(_sarah)).ShouldBe(2);
        (await MarkOfAsync(_marco)).ShouldBe(0);
    }

    [Test]
    public async Task The_read_mark_never_moves_back()
    {
        await ReadAsync(_sarah, 2).ShouldBeNoContentAsync();

        await ReadAsync(_sarah, 1).ShouldBeNoContentAsync();

        (await MarkOfAsync(_sarah)).ShouldBe(2);
    }

    [Test]
    public async Task The_read_mark_is_the_highest_of_simultaneous_calls()
    {
        await Server.PostAsync(_workflow, _sarah, 20);
        var sequences = Enumerable.Range(1, 22).Select(sequence => (long)sequence).OrderBy(sequence => sequence * 7 % 23);

        await Task.WhenAll(sequences.Select(sequence => ReadAsync(_sarah, sequence).ShouldBeNoContentAsync()));

        (await MarkOfAsync(_sarah)).ShouldBe(22);
    }

    [TestCase(3)]
    [TestCase(long.MaxValue)]
    public async Task The_read_mark_does_not_go_beyond_the_newest_event(long sequence)
    {
        await ReadAsync(_sarah, sequence).ShouldBeNoContentAsync();

        (await MarkOfAsync(_sarah)).ShouldBe(2);
    }

    [TestCase("{}")]
    [TestCase("""{"sequence":null}""")]
    [TestCase("""{"sequence":-1}""")]
    [TestCase("""{"sequence":1.5}""")]
    [TestCase("""{"sequence":"two"}""")]
    [TestCase("""{"sequence":1e30}""")]
    public async Task A_mark_that_is_no_sequence_is_refused_with_400(string json) =>
        await _sarah
            .Http.PutAsync(
                $"/api/v1/workflows/{_workflow}/read",
                new StringContent(json, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"))
            )
            .ShouldBeInvalidAsync("sequence");

    private Task<JsonElement> SendAsync(object message) => _hub.InvokeAsync("SendMessage", message);

    private Task<HttpResponseMessage> GetAsync(string query) => _sarah.Http.GetAsync($"/api/v1/workflows/{_workflow}/{query}");

    private Task<HttpResponseMessage> ReadAsync(TestUser reader, long sequence) =>
        reader.Http.PutAsJsonAsync($"/api/v1/workflows/{_workflow}/read", new { sequence });

    private async Task<long> MarkOfAsync(TestUser reader) =>
        (await reader.Http.GetAsync($"/api/v1/workflows/{_workflow}").ShouldBeAsync(HttpStatusCode.OK)).Number("lastReadSequence");
}
