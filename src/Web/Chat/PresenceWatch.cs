using BmadServer.Application.Sessions;
using BmadServer.Domain.Common;
using BmadServer.Domain.Workflows;

namespace BmadServer.Web.Chat;

/// <summary>
/// Reads from the stored sessions what other nodes have to do with those of this one: who is present there, and which sessions a
/// connection there has taken. When another node asks for it, and every two seconds in any case: a node that dies asks for nothing.
/// </summary>
internal sealed class PresenceWatch(
    LiveConnections connections,
    PresenceQuestions questions,
    ServerQueries queries,
    TimeProvider time,
    ILogger<PresenceWatch> logger
) : BackgroundService
{
    /// <summary>Between two readings at least, so that many who come at once are read together.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Of the time at least so many times as long as reading took: the more there is to read, the less often.</summary>
    private const int Rest = 4;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var asked = await questions.NextAsync(stoppingToken);
            var begun = time.GetTimestamp();
            try
            {
                if (asked is null)
                {
                    await ShowAsync([.. connections.OpenWorkflows().Select(open => open.Id)], stoppingToken);
                    await KeepAsync(stoppingToken);
                }
                else
                {
                    await ShowAsync([.. asked.Where(workflow => connections.Find(workflow) is not null)], stoppingToken);
                }
            }
            catch (DomainException failure) when (failure.Kind == ErrorKind.Unavailable)
            {
                // The pipeline has logged it. The next turn asks about all.
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(failure, "The connections of other nodes could not be read");
            }

            var took = time.GetElapsedTime(begun);
            await Task.Delay(took * Rest > Pause ? took * Rest : Pause, time, stoppingToken);
        }
    }

    private async Task ShowAsync(IReadOnlyCollection<WorkflowId> workflows, CancellationToken cancellationToken)
    {
        if (workflows.Count > 0)
        {
            connections.ShowElsewhere(workflows, await queries.SendAsync(new ListPresentElsewhere(workflows), cancellationToken));
        }
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        foreach (var taken in await queries.SendAsync(new KeepSessions(connections.Connected()), cancellationToken))
        {
            connections.CloseTakenAsync(taken.Id, taken.Version).Unawaited(failure => logger.LogError(failure, "A connection could not be closed"));
        }
    }
}
