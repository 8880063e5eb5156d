using System.Threading.Channels;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Common;
using BmadServer.Domain.Workflows;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>
/// Pushes committed events to those who have their workflow open, in sequence order and without gaps. All events of one
/// workflow go through the same lane, one after the other; writers only put them in and go on. Where an event is missing,
/// because its commit's outcome was unknown, the lane reads it from the log before it goes on.
/// </summary>
internal sealed class EventPump(
    IHubContext<ChatHub, IChatClient> hub,
    LiveConnections connections,
    ServerQueries queries,
    ILogger<EventPump> logger
) : BackgroundService, IWorkflowEventPublisher
{
    /// <summary>Many more than processors: one that waits for the log holds up the workflows that share it.</summary>
    private const int LaneCount = 64;

    private readonly Channel<Item>[] _lanes =
    [
        .. Enumerable
            .Range(0, LaneCount)
            .Select(_ => Channel.CreateUnbounded<Item>(new UnboundedChannelOptions { SingleReader = true })),
    ];

    public void Publish(IReadOnlyList<WorkflowEvent> events)
    {
        foreach (var @event in events)
        {
            Put(new Item(@event.WorkflowId, @event.Sequence, @event));
        }
    }

    /// <summary>The workflow's log goes up to this sequence: pushes what was not pushed of it.</summary>
    public void PushRest(WorkflowId workflow, long lastSequence) => Put(new Item(workflow, lastSequence, Event: null));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_lanes.Select(lane => Task.Run(() => RunAsync(lane.Reader, stoppingToken), stoppingToken)));

    /// <summary>Unbounded: it always takes. It is emptied as fast as messages can be queued for connections.</summary>
    private void Put(Item item) => _lanes[(uint)item.Workflow.GetHashCode() % LaneCount].Writer.TryWrite(item);

    private async Task RunAsync(ChannelReader<Item> lane, CancellationToken cancellationToken)
    {
        await foreach (var item in lane.ReadAllAsync(cancellationToken))
        {
            try
            {
                if (item.Event is null || !TryPush(item.Event))
                {
                    await PushFromLogAsync(item.Workflow, item.Sequence, cancellationToken);
                }
            }
            catch (DomainException failure) when (failure.Kind == ErrorKind.Unavailable)
            {
                // The pipeline has logged it. The announcer asks again once the database answers.
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                LogFailure(failure, item.Workflow, item.Sequence);
            }
        }
    }

    /// <returns>Whether there is nothing more to do for the event; false where one before it is missing.</returns>
    private bool TryPush(WorkflowEvent @event)
    {
        if (connections.Find(@event.WorkflowId) is not { } open || @event.Sequence <= open.Begun)
        {
            return true;
        }

        if (@event.Sequence > open.Begun + 1)
        {
            return false;
        }

        open.BeginPush(@event.Sequence);
        try
        {
            // One who is brought in again learns of that first.
            if (@event is ParticipantAdded added)
            {
                connections.ResubscribeUser(added.UserId, added.WorkflowId);
            }

            hub.Clients.Group(LiveConnections.GroupOf(@event.WorkflowId))
                .ReceiveEvent(EventView.Of(@event))
                .Unawaited(failure => LogFailure(failure, @event.WorkflowId, @event.Sequence));
        }
        finally
        {
            // One who is removed still learns of it, and of nothing later.
            if (@event is ParticipantRemoved removed)
            {
                connections.UnsubscribeUser(removed.UserId, removed.WorkflowId);
            }

            // Also when it failed: what is announced and was not received is what clients ask for.
            open.EndPush();
        }

        return true;
    }

    private async Task PushFromLogAsync(WorkflowId workflow, long lastSequence, CancellationToken cancellationToken)
    {
        while (connections.Find(workflow) is { } open && open.Begun < lastSequence)
        {
            var after = open.Begun;
            foreach (var @event in await queries.SendAsync(new ListEvents(workflow, after), cancellationToken))
            {
                TryPush(@event);
            }

            if (open.Begun == after)
            {
                throw new InvalidOperationException($"The log has no event {after + 1}, and goes up to {lastSequence}.");
            }
        }
    }

    private void LogFailure(Exception failure, WorkflowId workflow, long sequence) =>
        logger.LogError(failure, "Event {Sequence} of workflow {WorkflowId} could not be pushed", sequence, workflow);

    /// <param name="Event">The event of that sequence, or null to look into the log for what was not put in.</param>
    private readonly record struct Item(WorkflowId Workflow, long Sequence, WorkflowEvent? Event);
}
