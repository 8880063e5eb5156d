using System.Threading.Channels;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Workflows;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>
/// Pushes committed events to those who have their workflow open. All events of one workflow go through the same lane, one
/// after the other, so none overtakes another; writers only put them in and go on.
/// </summary>
internal sealed class EventPump(
    IHubContext<ChatHub, IChatClient> hub,
    LiveConnections connections,
    ILogger<EventPump> logger
) : BackgroundService, IWorkflowEventPublisher
{
    private readonly Channel<WorkflowEvent>[] _lanes =
    [
        .. Enumerable
            .Range(0, Environment.ProcessorCount)
            .Select(_ => Channel.CreateUnbounded<WorkflowEvent>(new UnboundedChannelOptions { SingleReader = true })),
    ];

    public void Publish(IReadOnlyList<WorkflowEvent> events)
    {
        foreach (var @event in events)
        {
            // Unbounded: it always takes. It is emptied as fast as messages can be queued for connections.
            LaneOf(@event.WorkflowId).Writer.TryWrite(@event);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_lanes.Select(lane => Task.Run(() => RunAsync(lane.Reader, stoppingToken), stoppingToken)));

    private Channel<WorkflowEvent> LaneOf(WorkflowId workflow) => _lanes[(uint)workflow.GetHashCode() % (uint)_lanes.Length];

    private async Task RunAsync(ChannelReader<WorkflowEvent> lane, CancellationToken cancellationToken)
    {
        await foreach (var @event in lane.ReadAllAsync(cancellationToken))
        {
            try
            {
                Deliver(@event);
            }
            catch (Exception failure)
            {
                LogFailure(failure, @event);
            }
        }
    }

    /// <summary>One who is removed still learns of it, and of nothing later; one who is brought in again learns of that first.</summary>
    private void Deliver(WorkflowEvent @event)
    {
        if (@event is ParticipantAdded added)
        {
            connections.ResubscribeUser(added.UserId, added.WorkflowId);
        }

        hub.Clients.Group(LiveConnections.GroupOf(@event.WorkflowId))
            .ReceiveEvent(EventView.Of(@event))
            .Unawaited(failure => LogFailure(failure, @event));

        if (@event is ParticipantRemoved removed)
        {
            connections.UnsubscribeUser(removed.UserId, removed.WorkflowId);
        }
    }

    private void LogFailure(Exception failure, WorkflowEvent @event) =>
        logger.LogError(
            failure,
            "Event {Sequence} of workflow {WorkflowId} was not pushed; clients get it by catching up",
            @event.Sequence,
            @event.WorkflowId
        );
}
