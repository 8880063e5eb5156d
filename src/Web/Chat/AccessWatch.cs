using BmadServer.Application.Sessions;
using BmadServer.Domain.Common;
using BmadServer.Infrastructure.Auth;

namespace BmadServer.Web.Chat;

/// <summary>
/// Closes open connections that may no longer be open: whose access token has run out without a new one, and whose session or
/// sign-in has ended. Whoever ends one of these closes its connections itself; this finds what that could not see, because
/// the connection was only just opening, or the answer to the commit was lost.
/// </summary>
internal sealed class AccessWatch(
    LiveConnections connections,
    ServerQueries queries,
    TimeProvider time,
    ILogger<AccessWatch> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>How long before it can be read an end may carry its time: a long transaction, another node's clock.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    private readonly Turns _turns = new(Interval, time);
    private DateTimeOffset _readAt = time.GetUtcNow();

    /// <summary>Something has ended on another node: looks at once.</summary>
    public void Hasten() => _turns.Hasten();

    public override void Dispose()
    {
        _turns.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _turns.NextAsync(stoppingToken);

            // Not awaited: one that does not read would delay the next turn.
            connections.CloseOutdatedAsync(time.GetUtcNow() - AccessTokenClaims.ClockSkew).Unawaited(LogFailure);
            try
            {
                await CloseEndedAsync(stoppingToken);
            }
            catch (DomainException failure) when (failure.Kind == ErrorKind.Unavailable)
            {
                // The pipeline has logged it. What ends in the meantime is read once the database answers.
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailure(failure);
            }
        }
    }

    private async Task CloseEndedAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (connections.Count > 0)
        {
            var endings = await queries.SendAsync(new ListEndings(_readAt - Overlap), cancellationToken);
            connections.CloseEndedAsync(endings).Unawaited(LogFailure);
        }

        _readAt = now;
    }

    private void LogFailure(Exception failure) => logger.LogError(failure, "Connections that may no longer be open could not be closed");
}
