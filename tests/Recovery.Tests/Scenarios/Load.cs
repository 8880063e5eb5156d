using System.Text.Json;
using BmadServer.Recovery.Tests.Clients;
using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.Scenarios;

/// <summary>Somebody who posts into workflows, one after the other, at a steady pace until disposed.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public Load(HubSocket author, IReadOnlyList<Guid> workflows, TimeSpan pause) => _running = RunAsync(author, workflows, pause);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    /// <summary>Posts so many messages, without waiting for each answer.</summary>
    public static async Task<IReadOnlyList<Ack>> PostAsync(HubSocket author, Guid workflow, int count, Func<int, string> content)
    {
        // Enough for the server never to wait for the client.
        const int underWay = 64;
        using var room = new SemaphoreSlim(underWay);
        var acks = new Task<Ack>[count];
        for (var i = 0; i < count; i++)
        {
            await room.WaitAsync();
            acks[i] = PostOneAsync(content(i));
        }

        return await Task.WhenAll(acks);

        async Task<Ack> PostOneAsync(string text)
        {
            try
            {
                return await PostAsync(author, workflow, text);
            }
            finally
            {
                room.Release();
            }
        }
    }

    public static async Task<Ack> PostAsync(HubSocket author, Guid workflow, string content, string? clientMessageId = null)
    {
        var answer = await author.InvokeAsync("SendMessage", new { workflowId = workflow, content, clientMessageId });
        return answer.Deserialize<Ack>(JsonSerializerOptions.Web)!;
    }

    /// <summary>What the server has after a sequence, page by page.</summary>
    public static async Task<IReadOnlyList<EventRecord>> CatchUpAsync(HubSocket reader, Guid workflow, long after)
    {
        var events = new List<EventRecord>();
        EventPage page;
        do
        {
            page = (await reader.InvokeAsync("CatchUp", workflow, after)).Deserialize<EventPage>(JsonSerializerOptions.Web)!;
            events.AddRange(page.Events);
            after = events.Count == 0 ? after : events[^1].Sequence;
        } while (page.HasMore);

        return events;
    }

    private async Task RunAsync(HubSocket author, IReadOnlyList<Guid> workflows, TimeSpan pause)
    {
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            await PostAsync(author, workflows[i % workflows.Count], $"message {i}");
            await Task.Delay(pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
