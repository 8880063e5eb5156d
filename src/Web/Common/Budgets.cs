using System.Threading.RateLimiting;
using BmadServer.Infrastructure.Auth;
using Microsoft.AspNetCore.RateLimiting;

namespace BmadServer.Web.Common;

/// <summary>
/// How often somebody may ask, over REST and for connections. A budget is kept from its first use until it has been full for ten
/// seconds.
/// </summary>
internal sealed class Budgets : IDisposable
{
    /// <summary>All else anybody may ask for as often as they like: files of the web app, and what load balancers ask.</summary>
    private static readonly PathString[] Limited = ["/api", "/openapi"];

    /// <summary>Shorter times are not told apart by those who refill.</summary>
    private static readonly TimeSpan ShortestRefill = TimeSpan.FromMilliseconds(100);

    private readonly RateLimitOptions _options;
    private readonly PartitionedRateLimiter<Budget> _limiter;

    public Budgets(RateLimitOptions options)
    {
        _options = options;
        _limiter = PartitionedRateLimiter.Create<Budget, Budget>(budget =>
            RateLimitPartition.GetTokenBucketLimiter(budget, each => BucketOf(PerMinute(each.Kind)))
        );
        Requests = _limiter.WithTranslatedKey<HttpContext>(BudgetOf, leaveOpen: true);
    }

    /// <summary>For REST; once it is known who asks.</summary>
    public PartitionedRateLimiter<HttpContext> Requests { get; }

    public static bool IsLimited(HttpContext context) => Limited.Any(prefix => context.Request.Path.StartsWithSegments(prefix));

    public static ValueTask RefuseAsync(OnRejectedContext rejected, CancellationToken cancellationToken) =>
        ProblemExceptionHandler.AnswerAsync(rejected.HttpContext, ErrorAnswer.To(new RateLimitedException(rejected.Lease)));

    /// <exception cref="RateLimitedException">There is nothing left of it.</exception>
    public void Take(Budget budget)
    {
        if (!_options.Enabled)
        {
            return;
        }

        using var lease = _limiter.AttemptAcquire(budget);
        if (!lease.IsAcquired)
        {
            throw new RateLimitedException(lease);
        }
    }

    public void Dispose()
    {
        Requests.Dispose();
        _limiter.Dispose();
    }

    private static Budget BudgetOf(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        return context.GetEndpoint()?.Metadata.GetMetadata<BudgetMetadata>() is { } own ? Budget.Of(own.Kind, address)
            : context.User.UserId() is { } user ? Budget.Of(BudgetKind.UserRequests, user)
            : Budget.Of(BudgetKind.AddressRequests, address);
    }

    private int PerMinute(BudgetKind kind) =>
        kind switch
        {
            BudgetKind.UserRequests => _options.UserRequestsPerMinute,
            BudgetKind.AddressRequests => _options.AddressRequestsPerMinute,
            BudgetKind.SignIns => _options.SignInsPerMinute,
            BudgetKind.Refreshes => _options.RefreshesPerMinute,
            BudgetKind.UserConnects => _options.UserConnectsPerMinute,
            _ => _options.AddressConnectsPerMinute,
        };

    private static TokenBucketRateLimiterOptions BucketOf(int perMinute)
    {
        var tokens = (int)Math.Ceiling(perMinute * ShortestRefill / TimeSpan.FromMinutes(1));
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute,
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) * tokens / perMinute,
            QueueLimit = 0,
        };
    }
}
