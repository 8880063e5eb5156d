using System.Diagnostics;
using System.Threading.RateLimiting;
using BmadServer.Domain.Users;
using BmadServer.Infrastructure.Auth;
using BmadServer.Web.Common;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>
/// Refuses calls beyond a user's budget. A refusal is answered late, so that a client which floods is read slowly; one that
/// goes on all the same is closed. Calls that fit no method come through here as well.
/// </summary>
internal sealed class RateLimitFilter : IHubFilter, IDisposable
{
    /// <summary>On one connection: what a client that waits as it is told never gets to.</summary>
    private const int MaximumRefusals = 60;

    /// <summary>Since the first refusal. Calls that were under way before it was read are forgiven.</summary>
    private static readonly TimeSpan Forgiven = TimeSpan.FromSeconds(2);

    /// <summary>Since the first refusal. Then they are counted anew.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>Before a refusal is answered: a flood gets to <see cref="MaximumRefusals"/> in a little over 5 s.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>By method, in calls; every other one costs one. A page of the log or a snapshot is many times the work of a message.</summary>
    private static readonly Dictionary<string, int> Costs = new()
    {
        [nameof(ChatHub.CatchUp)] = 5,
        [nameof(ChatHub.JoinWorkflow)] = 5,
        [nameof(ChatHub.Refuse)] = 10,
    };

    private static readonly object RefusalsKey = new();

    private readonly PartitionedRateLimiter<UserId>? _calls;
    private readonly int _burst;

    public RateLimitFilter(RateLimitOptions options)
    {
        _burst = options.HubCallBurst;
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

        using var lease = _calls.AttemptAcquire(user, CostOf(invocationContext.HubMethodName));
        if (lease.IsAcquired)
        {
            return await next(invocationContext);
        }

        await Task.Delay(Pause, context.ConnectionAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (CountRefusal(context) >= MaximumRefusals)
        {
            context.Abort();
        }

        throw new RateLimitedException(lease);
    }

    public void Dispose() => _calls?.Dispose();

    /// <summary>At most a full budget, or the call could never be made.</summary>
    private int CostOf(string method) => Math.Min(Costs.GetValueOrDefault(method, 1), _burst);

    private static TokenBucketRateLimiterOptions BucketOf(RateLimitOptions options) =>
        new()
        {
            TokenLimit = options.HubCallBurst,
            TokensPerPeriod = options.HubCallsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        };

    /// <returns>How many there were since they count.</returns>
    private static int CountRefusal(HubCallerContext context)
    {
        var now = Stopwatch.GetTimestamp();
        var (began, count) = context.Items.TryGetValue(RefusalsKey, out var known) ? ((long, int))known! : (now, 0);
        var since = Stopwatch.GetElapsedTime(began, now);
        if (since > Window)
        {
            (began, count) = (now, 0);
        }
        else if (since > Forgiven)
        {
            count++;
        }

        context.Items[RefusalsKey] = (began, count);
        return count;
    }
}
