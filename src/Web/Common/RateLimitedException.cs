using BmadServer.Domain.Common;

namespace BmadServer.Web.Common;

/// <summary>The caller's budget is used up.</summary>
/// <param name="retryAfter">When there is enough of it again for what was refused, if nothing else is asked meanwhile.</param>
internal sealed class RateLimitedException(TimeSpan retryAfter)
    : DomainException("rate_limited", $"Too many calls. Try again in {SecondsOf(retryAfter)} s.", ErrorKind.RateLimited)
{
    /// <summary>At least 1.</summary>
    public int RetryAfterSeconds { get; } = SecondsOf(retryAfter);

    private static int SecondsOf(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time.TotalSeconds));
}
