using BmadServer.Application.Workflows;
using BmadServer.Domain.Common;
using MediatR;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>
/// Tells those who have a workflow open how far its log goes, so that whoever lost a push notices without reconnecting. The
/// log is asked, not the pump: an event can be committed and never reach it, when the database's answer to the commit is lost.
/// </summary>
internal sealed class SequenceAnnouncer(
    IHubContext<ChatHub, IChatClient> hub,
    LiveConnections connections,
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<SequenceAnnouncer> logger
) : BackgroundService
{
    /// <summary>A loss is announced two turns after the commit at the latest.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly SequenceAnnouncements _announcements = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await AnnounceAsync(stoppingToken);
            }
            catch (DomainException failure) when (failure.Kind == ErrorKind.Unavailable)
            {
                // The pipeline has logged it. There is nothing to be told while the database is away.
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(failure, "Last sequences could not be read and announced");
            }
        }
    }

    private async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        var open = connections.OpenWorkflows();
        if (open.Count == 0)
        {
            _announcements.Forget();
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
        foreach (var (workflow, lastSequence) in _announcements.Next(await mediator.Send(new ListLastSequences(open), cancellationToken)))
        {
            hub.Clients.Group(LiveConnections.GroupOf(workflow))
                .SequenceAnnounced(new SequenceAnnounced(workflow.Value, lastSequence))
                .Unawaited(failure => logger.LogError(failure, "A last sequence could not be announced"));
        }
    }
}
