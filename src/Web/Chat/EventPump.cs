using System.Diagnostics;
using System.Threading.Channels;
using BmadServer.Application.Common;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Common;
using BmadServer.Domain.Workflows;
using BmadServer.Web.Hosting;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>
/// Pushes committed events to those who have their workflow open, in sequence order and without gaps. All events of one
/// workflow go through the same lane, one after the other; writers only put them in and go on. Where an event is missing,
/// because its commit's outcome was unknown or another node made it, the lane reads it from the log before it goes on.
/// </summary>
internal sealed class EventPump(
    IHubContext<ChatHub, IChatClient> hub,
    LiveConnections connections,
    IBackplane backplane,
    ServerQueries queries,
    HubMetrics metrics,
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
        var cause = Tracing.Source.HasListeners() ? Activity.Current : null;
        foreach (var @event in events)
        {
            Put(new Item(@event.WorkflowId, @event.Sequence, @event, PushOrigin.Commit, cause));
            backplane.Send(new LogGrew(@event.WorkflowId.Value, @event.Sequence));
        }
    }

    /// <summary>The workflow's log was found to go up to this sequence: pushes what was not pushed of it.</summary>
    public void PushRest(WorkflowId workflow, long lastSequence) => Put(new Item(workflow, lastSequence, Event: null, PushOrigin.Log));

    /// <summary>The same when another node says so, unless nobody on this node has it open or it was pushed already.</summary>
    public void PushRestIfOpen(WorkflowId workflow, long lastSequence)
    {
        if (connections.Find(workflow) is { } open && open.Begun < lastSequence)
        {
            Put(new Item(workflow, lastSequence, Event: null, PushOrigin.Node));
        }
    }

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
                if (item.Event is null)
                {
                    await PushFromLogAsync(item.Workflow, item.Sequence, item.Origin, cancellationToken);
                }
                else if (!TryPush(item.Event, item.Origin, item.Cause))
                {
                    await PushFromLogAsync(item.Workflow, item.Sequence, PushOrigin.Log, cancellationToken);
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
    private bool TryPush(WorkflowEvent @event, PushOrigin origin, Activity? cause)
    {
        if (connections.Find(@event.WorkflowId) is not { } open || @event.Sequence <= open.Begun)
        {
            return true;
        }

        if (@event.Sequence > open.Begun + 1)
        {
            return false;
        }

        using var activity = cause is null ? null : StartActivity(@event, cause);
        open.BeginPush(@event.Sequence);
        try
        {
            // One who is brought in again learns of that first.
            if (@event is ParticipantAdded added)
            {
                connections.ResubscribeUser(added.UserId, added.WorkflowId);
            }

            metrics.Pushed(origin, open.Subscribers.Count);
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

    /// <summary>In the trace of what committed the event: of a send, its batch.</summary>
    private static Activity? StartActivity(WorkflowEvent @event, Activity cause) =>
        Tracing
            .Source.StartActivity("Push", ActivityKind.Producer, cause.Context)
            ?.SetTag("bmadserver.event.kind", @event.GetType().Name)
            .SetTag("bmadserver.event.sequence", @event.Sequence);

    private async Task PushFromLogAsync(WorkflowId workflow, long lastSequence, PushOrigin origin, CancellationToken cancellationToken)
    {
        while (connections.Find(workflow) is { } open && open.Begun < lastSequence)
        {
            var after = open.Begun;
            foreach (var @event in await queries.SendAsync(new ListEvents(workflow, after), cancellationToken))
            {
                TryPush(@event, origin, cause: null);
            }

            // Closed meanwhile, or closed and opened anew, there is nothing to push to what was open then.
            if (open.Begun == after && connections.Find(workflow) == open)
            {
                throw new InvalidOperationException($"The log has no event {after + 1}, and goes up to {lastSequence}.");
            }
        }
    }

    private void LogFailure(Exception failure, WorkflowId workflow, long sequence) =>
        logger.LogError(failure, "Event {Sequence} of workflow {WorkflowId} could not be pushed", sequence, workflow);

    /// <param name="Event">The event of that sequence, or null to look into the log for what was not put in.</param>
    /// <param name="Cause">The span in which it was committed, if there is one.</param>
    private readonly record struct Item(WorkflowId Workflow, long Sequence, WorkflowEvent? Event, PushOrigin Origin, Activity? Cause = null);
}

/// <summary>How the server came to know that there is something to push.</summary>
internal enum PushOrigin
{
    /// <summary>It was committed on this node.</summary>
    Commit,

    /// <summary>Another node said so.</summary>
    Node,

    /// <summary>It was missing, and found in the log: of one node a push that was repaired, of several also what they were not told in time.</summary>
    Log,
}
