using System.Threading.RateLimiting;
using BmadServer.Domain.Common;

namespace BmadServer.Web.Common;

/// <summary>The caller's budget is used up.</summary>
internal sealed class RateLimitedException : DomainException
{
    /// <param name="refused">What was asked of the budget.</param>
    public RateLimitedException(RateLimitLease refused)
        : this(SecondsUntil(refused)) { }

    private RateLimitedException(int retryAfterSeconds)
        : base("rate_limited", $"Too many calls. Try again in {retryAfterSeconds} s.", ErrorKind.RateLimited) =>
        RetryAfterSeconds = retryAfterSeconds;

    /// <summary>When there is enough of it again for what was refused, if nothing else is asked meanwhile; at least 1.</summary>
    public int RetryAfterSeconds { get; }

    private static int SecondsUntil(RateLimitLease refused) =>
        refused.TryGetMetadata(MetadataName.RetryAfter, out var time) ? Math.Max(1, (int)Math.Ceiling(time.TotalSeconds)) : 1;
}
