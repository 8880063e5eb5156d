using System.Text.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>Everybody sees one sequence without gaps, and it is the log.</summary>
public sealed class OrderTests(Database database) : ChatTest(database)
{
    [Test]
    public async Task Four_connections_that_write_at_once_all_see_the_same_sequence_without_gaps()
    {
        const int each = 50;
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        HubClient[] clients =
        [
            await JoinedAsync(Sarah, workflow),
            await JoinedAsync(Sarah, workflow),
            await JoinedAsync(Marco, workflow),
            await JoinedAsync(Marco, workflow),
        ];
        var before = await Sarah.LastSequenceAsync(workflow);

        var acks = await Task.WhenAll(
            clients.SelectMany(client => Enumerable.Range(0, each).Select(number => client.InvokeAsync("SendMessage", $"{number}")))
        );

        long[] expected = [.. Enumerable.Range(1, clients.Length * each).Select(step => before + step)];
        acks.Sequences().Order().ShouldBe(expected);
        var log = (await Sarah.LogAsync(workflow)).Skip((int)before).Raw();
        foreach (var client in clients)
        {
            await client.WaitForEventAsync(workflow, expected[^1]);
            client.Events(workflow).Sequences().ShouldBe(expected);
            client.Events(workflow).Raw().ShouldBe(log);
        }
    }

    [Test]
    public async Task What_one_connection_sends_stays_in_its_order()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var client = await JoinedAsync(Sarah, workflow);
        string[] contents = [.. Enumerable.Range(0, 30).Select(number => $"{number}")];

        await Task.WhenAll(contents.Select(content => client.InvokeAsync("SendMessage", content)));

        (await Sarah.MessagesAsync(workflow)).Reverse().Contents().ShouldBe(contents);
    }

    [Test]
    public async Task An_event_of_any_kind_is_the_same_bytes_from_a_push_from_catching_up_and_over_rest()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var client = await JoinedAsync(Sarah, workflow);
        var before = await Sarah.LastSequenceAsync(workflow);

        await AddAsync(Sarah, workflow, Marco, "observer");
        var question = await client.InvokeAsync("SendMessage", "<b>Tom & \"Jerry\"</b> + 😀 ä עברית \u0001 \u2028 \\ '");
        var answer = await client.InvokeAsync(
            "SendMessage",
            new
            {
                content = "Answer",
                clientMessageId = "every-kind <&>",
                replyTo = question.Id("messageId"),
            }
        );
        await client.InvokeAsync("EditMessage", workflow, answer.Id("messageId"), "Answer + more");
        await client.InvokeAsync("DeleteMessage", workflow, answer.Id("messageId"));
        await Sarah.ChangeAsync(workflow, new { title = "Another <title>" });
        await Sarah.ChangeAsync(workflow, new { status = "paused" });
        await Sarah.RemoveAsync(workflow, Marco);
        var last = await Sarah.LastSequenceAsync(workflow);

        await client.WaitForEventAsync(workflow, last);
        var pushed = client.Events(workflow);
        pushed
            .Select(@event => @event.Text("kind"))
            .ShouldBe([
                "participantAdded",
                "messagePosted",
                "messagePosted",
                "messageEdited",
                "messageDeleted",
                "workflowRenamed",
                "workflowStatusChanged",
                "participantRemoved",
            ]);
        pushed.Raw().ShouldBe((await client.InvokeAsync("CatchUp", workflow, before)).Items("events").Raw());
        pushed.Raw().ShouldBe((await Sarah.LogAsync(workflow)).Skip((int)before).Raw());
    }

    [Test]
    public async Task Adding_up_the_log_gives_the_messages_that_a_fresh_load_gives()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        HubClient[] clients = [await JoinedAsync(Sarah, workflow), await JoinedAsync(Marco, workflow)];
        var reader = await JoinedAsync(Sarah, workflow);

        await Task.WhenAll(clients.Select((client, seed) => WriteAsync(client, workflow, new Random(seed))));

        var log = await Sarah.LogAsync(workflow);
        var folded = Fold(log);
        folded.ShouldBe((await Sarah.MessagesAsync(workflow)).Raw());
        var snapshot = (await reader.InvokeAsync("JoinWorkflow", workflow)).Items("messages");
        snapshot.Raw().ShouldBe(folded.Take(snapshot.Length));
        await reader.WaitForEventAsync(workflow, log[^1].Number("sequence"));
        Fold(reader.Events(workflow)).ShouldBe(folded);
    }

    /// <summary>Posts, edits and deletes at random, some of it twice.</summary>
    private static async Task WriteAsync(HubClient client, Guid workflow, Random random)
    {
        List<Guid> own = [];
        for (var step = 0; step < 60; step++)
        {
            var message = own.Count > 0 ? own[random.Next(own.Count)] : Guid.Empty;
            switch (own.Count > 0 ? random.Next(4) : 0)
            {
                case 0 or 1:
                    var replyTo = message == Guid.Empty ? (Guid?)null : message;
                    var ack = await client.InvokeAsync("SendMessage", new { content = $"Message {step}", replyTo });
                    own.Add(ack.Id("messageId"));
                    break;
                case 2:
                    await client.InvokeAsync("EditMessage", workflow, message, $"Edit {random.Next(5)}");
                    break;
                default:
                    await client.InvokeAsync("DeleteMessage", workflow, message);
                    await client.InvokeAsync("DeleteMessage", workflow, message);
                    own.Remove(message);
                    break;
            }
        }
    }

    /// <summary>The messages that the events add up to, newest first, as JSON.</summary>
    private static string[] Fold(IEnumerable<JsonElement> events)
    {
        Dictionary<Guid, Dictionary<string, JsonElement>> messages = [];
        foreach (var @event in events)
        {
            var kind = @event.Text("kind");
            if (kind == "messagePosted")
            {
                var message = new Dictionary<string, JsonElement>();
                messages.Add(@event.Id("messageId"), message);
                Copy(@event, message, ["messageId", "workflowId", "sequence"]);
                message["author"] = @event.GetProperty("actor");
                Copy(@event, message, ["content", "replyTo", "clientMessageId"]);
                message["postedAt"] = @event.GetProperty("at");
            }
            else if (kind == "messageEdited")
            {
                var message = messages[@event.Id("messageId")];
                message["content"] = @event.GetProperty("content");
                message["editedAt"] = @event.GetProperty("at");
            }
            else if (kind == "messageDeleted")
            {
                var message = messages[@event.Id("messageId")];
                message["content"] = JsonSerializer.SerializeToElement("");
                message["deletedAt"] = @event.GetProperty("at");
            }
        }

        return
        [
            .. messages
                .Values.OrderByDescending(message => message["sequence"].GetInt64())
                .Select(message => $"{{{string.Join(",", message.Select(field => $"\"{field.Key}\":{field.Value.GetRawText()}"))}}}"),
        ];
    }

    private static void Copy(JsonElement from, Dictionary<string, JsonElement> to, string[] fields)
    {
        foreach (var field in fields)
        {
            if (from.TryGetProperty(field, out var value))
            {
                to[field] = value;
            }
        }
    }
}
