using BmadServer.Application.Workflows;
using BmadServer.Domain.Common;
using BmadServer.Web.Hosting;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>
/// Repairs lost pushes without a reconnect. Those who have a workflow open are told how far it was pushed, so that whoever has
/// less notices. And the log is asked how far it goes: an event can be committed and never reach the pump, when the
/// database's answer to the commit is lost.
/// </summary>
internal sealed class SequenceAnnouncer(
    IHubContext<ChatHub, IChatClient> hub,
    LiveConnections connections,
    EventPump pump,
    ServerQueries queries,
    HubMetrics metrics,
    TimeProvider time,
    ILogger<SequenceAnnouncer> logger
) : BackgroundService
{
    /// <summary>A loss is announced one turn after the push at the latest, or two after a commit whose push never was.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly SequenceAnnouncements _announcements = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var open = connections.OpenWorkflows();
                Announce(open);
                await PushRestAsync(open, stoppingToken);
            }
            catch (DomainException failure) when (failure.Kind == ErrorKind.Unavailable)
            {
                // The pipeline has logged it. The next turn asks again.
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(failure, "Lost pushes could not be looked for");
            }
        }
    }

    private void Announce(IReadOnlyList<OpenWorkflow> open)
    {
        foreach (var (workflow, lastSequence) in _announcements.Next(open.ToDictionary(each => each.Id, each => each.Pushed)))
        {
            metrics.Announced();
            hub.Clients.Group(LiveConnections.GroupOf(workflow))
                .SequenceAnnounced(new SequenceAnnounced(workflow.Value, lastSequence))
                .Unawaited(failure => logger.LogError(failure, "A last sequence could not be announced"));
        }
    }

    private async Task PushRestAsync(IReadOnlyList<OpenWorkflow> open, CancellationToken cancellationToken)
    {
        if (open.Count == 0)
        {
            return;
        }

        var lastSequences = await queries.SendAsync(new ListLastSequences([.. open.Select(each => each.Id)]), cancellationToken);
        foreach (var each in open)
        {
            var lastSequence = lastSequences.GetValueOrDefault(each.Id);
            if (lastSequence > each.Begun)
            {
                pump.PushRest(each.Id, lastSequence);
            }
        }
    }
}
