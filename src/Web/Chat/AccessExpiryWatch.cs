using BmadServer.Infrastructure.Auth;

namespace BmadServer.Web.Chat;

/// <summary>Closes open connections when their access token has run out and no new one was given.</summary>
internal sealed class AccessExpiryWatch(LiveConnections connections, TimeProvider time, ILogger<AccessExpiryWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // Not awaited: one that does not read would delay the next turn.
            connections
                .CloseOutdatedAsync(time.GetUtcNow() - AccessTokenClaims.ClockSkew)
                .Unawaited(failure => logger.LogError(failure, "A connection with an outdated token could not be closed"));
        }
    }
}
