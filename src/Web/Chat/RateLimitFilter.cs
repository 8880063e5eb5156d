using System.Diagnostics;
using System.Threading.RateLimiting;
using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using BmadServer.Infrastructure.Auth;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>
/// Refuses calls beyond a user's budget. A refusal is answered late, so that a client which floods is read slowly; one that
/// goes on all the same is closed. Calls that fit no method come through here as well.
/// </summary>
internal sealed class RateLimitFilter : IHubFilter, IDisposable
{
    /// <summary>On one connection within <see cref="Window"/>: what a client that waits as it is told never gets to.</summary>
    private const int MaximumRefusals = 100;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>Before a refusal is answered: a flood gets to <see cref="MaximumRefusals"/> in a little over 5 s.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private static readonly object RefusalsKey = new();

    private readonly PartitionedRateLimiter<UserId>? _calls;

    public RateLimitFilter(RateLimitOptions options)
    {
        if (options.Enabled)
        {
            _calls = PartitionedRateLimiter.Create<UserId, UserId>(user => RateLimitPartition.GetTokenBucketLimiter(user, _ => BucketOf(options)));
        }
    }

    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next
    )
    {
        var context = invocationContext.Context;
        if (_calls is null || context.User?.UserId() is not { } user)
        {
            return await next(invocationContext);
        }

        using var lease = _calls.AttemptAcquire(user);
        if (lease.IsAcquired)
        {
            return await next(invocationContext);
        }

        await Task.Delay(Pause, context.ConnectionAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (CountRefusal(context) >= MaximumRefusals)
        {
            context.Abort();
        }

        throw RateLimited(lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : TimeSpan.Zero);
    }

    public void Dispose() => _calls?.Dispose();

    private static TokenBucketRateLimiterOptions BucketOf(RateLimitOptions options) =>
        new()
        {
            TokenLimit = options.HubCallBurst,
            TokensPerPeriod = options.HubCallsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        };

    /// <returns>How many there were since the window began.</returns>
    private static int CountRefusal(HubCallerContext context)
    {
        var now = Stopwatch.GetTimestamp();
        var (began, count) = context.Items.TryGetValue(RefusalsKey, out var known) ? ((long, int))known! : (now, 0);
        if (Stopwatch.GetElapsedTime(began, now) > Window)
        {
            (began, count) = (now, 0);
        }

        context.Items[RefusalsKey] = (began, count + 1);
        return count + 1;
    }

    private static DomainException RateLimited(TimeSpan retryAfter) =>
        new(
            "rate_limited",
            $"Too many calls. Try again in {Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds))} s.",
            ErrorKind.RateLimited
        );
}
