using BmadServer.Application.Audit;
using BmadServer.Application.Auth;
using BmadServer.Application.Sessions;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BmadServer.Infrastructure.Sessions;

/// <summary>
/// Runs <see cref="SweepSessions"/> and <see cref="SweepRefreshTokens"/> for as long as the server lives, and now and then what has more time.
/// </summary>
internal sealed class SessionSweeper(
    IServiceScopeFactory scopes,
    SessionOptions options,
    TimeProvider time,
    ILogger<SessionSweeper> logger
) : BackgroundService
{
    /// <summary>For what is kept for days.</summary>
    private static readonly TimeSpan LongInterval = TimeSpan.FromHours(1);

    /// <summary>Until it is tried again, when it failed.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMinutes(1);

    private DateTimeOffset _sweepLongAt = DateTimeOffset.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval(), time);
        do
        {
            await SweepAsync(stoppingToken);
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private TimeSpan Interval() =>
        TimeSpan.FromTicks(Math.Min(NodeIdentity.BeatInterval.Ticks, Math.Max(options.IdleTimeout.Ticks / 4, TimeSpan.TicksPerMillisecond * 100)));

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await SweepSessionsAsync(cancellationToken);
        if (now >= _sweepLongAt)
        {
            _sweepLongAt = now + (await TrySweepLongAsync(cancellationToken) ? LongInterval : RetryInterval);
        }
    }

    private async Task SweepSessionsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
            var ended = await mediator.Send(new SweepSessions(), cancellationToken);
            if (ended > 0)
            {
                logger.LogInformation("Ended {Count} idle sessions", ended);
            }

            var deleted = await mediator.Send(new SweepRefreshTokens(), cancellationToken);
            if (deleted > 0)
            {
                logger.LogInformation("Deleted {Count} expired refresh tokens", deleted);
            }
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // The next turn tries again: housekeeping must not take the server down with the database.
            logger.LogWarning(failure, "The sessions and refresh tokens could not be swept");
        }
    }

    private async Task<bool> TrySweepLongAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
            await mediator.Send(new SweepSignInOrigins(), cancellationToken);
            var forgotten = await mediator.Send(new SweepAuditLog(), cancellationToken);
            if (forgotten > 0)
            {
                logger.LogInformation("Deleted {Count} entries of the audit log that were old enough", forgotten);
            }

            return true;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning(
                failure,
                "The places of sign-ins and the audit log could not be swept; that is tried again in {Seconds} s",
                RetryInterval.TotalSeconds
            );
            return false;
        }
    }
}
