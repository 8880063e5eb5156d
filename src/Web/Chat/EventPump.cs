using System.Threading.Channels;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Common;
using BmadServer.Domain.Workflows;
using MediatR;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>
/// Pushes committed events to those who have their workflow open, each once and in sequence order. All events of one workflow
/// go through the same lane, one after the other; writers only put them in and go on. Where an event is missing, because
/// its commit's outcome was unknown, the lane reads it from the log before it goes on.
/// </summary>
internal sealed class EventPump(
    IHubContext<ChatHub, IChatClient> hub,
    LiveConnections connections,
    IServiceScopeFactory scopes,
    ILogger<EventPump> logger
) : BackgroundService, IWorkflowEventPublisher
{
    private readonly Channel<Item>[] _lanes =
    [
        .. Enumerable
            .Range(0, Environment.ProcessorCount)
            .Select(_ => Channel.CreateUnbounded<Item>(new UnboundedChannelOptions { SingleReader = true })),
    ];

    public void Publish(IReadOnlyList<WorkflowEvent> events)
    {
        foreach (var @event in events)
        {
            Put(new Item(@event.WorkflowId, @event));
        }
    }

    /// <summary>Its log goes further than was pushed: pushes the rest.</summary>
    public void PushRest(WorkflowId workflow) => Put(new Item(workflow, Event: null));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_lanes.Select(lane => Task.Run(() => RunAsync(lane.Reader, stoppingToken), stoppingToken)));

    /// <summary>Unbounded: it always takes. It is emptied as fast as messages can be queued for connections.</summary>
    private void Put(Item item) => _lanes[(uint)item.Workflow.GetHashCode() % (uint)_lanes.Length].Writer.TryWrite(item);

    private async Task RunAsync(ChannelReader<Item> lane, CancellationToken cancellationToken)
    {
        await foreach (var (workflow, @event) in lane.ReadAllAsync(cancellationToken))
        {
            try
            {
                if (@event is null || !TryPush(@event))
                {
                    await PushFromLogAsync(workflow, cancellationToken);
                }
            }
            catch (DomainException failure) when (failure.Kind == ErrorKind.Unavailable)
            {
                // The pipeline has logged it. The announcer asks again once the database is back.
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                LogFailure(failure, workflow);
            }
        }
    }

    /// <returns>Whether there is nothing more to do for the event; false where one before it is missing.</returns>
    private bool TryPush(WorkflowEvent @event)
    {
        if (@event is ParticipantAdded added)
        {
            // Before it is pushed: one who is brought in again learns of that first.
            connections.ResubscribeUser(added.UserId, added.WorkflowId, added.Sequence - 1);
        }

        if (connections.Find(@event.WorkflowId) is not { } open || @event.Sequence <= open.Begun)
        {
            return true;
        }

        if (@event.Sequence > open.Begun + 1)
        {
            return false;
        }

        open.BeginPush(@event.Sequence);
        hub.Clients.Group(LiveConnections.GroupOf(@event.WorkflowId))
            .ReceiveEvent(EventView.Of(@event))
            .Unawaited(failure => LogFailure(failure, @event.WorkflowId));
        open.EndPush();

        if (@event is ParticipantRemoved removed)
        {
            // After it was pushed: one who is removed still learns of it, and of nothing later.
            connections.UnsubscribeUser(removed.UserId, removed.WorkflowId);
        }

        return true;
    }

    private async Task PushFromLogAsync(WorkflowId workflow, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
        while (connections.Find(workflow) is { } open)
        {
            var page = await mediator.Send(new ListEvents(workflow, open.Begun), cancellationToken);
            if (page.Count == 0)
            {
                return;
            }

            foreach (var @event in page)
            {
                TryPush(@event);
            }
        }
    }

    private void LogFailure(Exception failure, WorkflowId workflow) =>
        logger.LogError(failure, "An event of workflow {WorkflowId} was not pushed; clients get it by catching up", workflow);

    /// <param name="Event">Null to look into the log for what was not put in.</param>
    private readonly record struct Item(WorkflowId Workflow, WorkflowEvent? Event);
}
