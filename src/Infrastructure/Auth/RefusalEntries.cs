using Microsoft.Extensions.Logging;

namespace BmadServer.Infrastructure.Auth;

/// <summary>
/// How many of the sign-ins that no lock-out ever stops, because there is no account or it is disabled, this node enters in the audit log:
/// without a bound whoever guesses could fill it. What is left out is counted in the server's log.
/// </summary>
internal sealed class RefusalEntries(TimeProvider time, ILogger<RefusalEntries> logger) : IDisposable
{
    private const int PerMinute = 60;

    private readonly Lock _lock = new();
    private ITimer? _minute;
    private int _asked;

    /// <summary>A minute begins with the first one after the last minute, so that none is counted while nobody asks.</summary>
    /// <returns>Whether this one may be entered.</returns>
    public bool TryTake()
    {
        lock (_lock)
        {
            _minute ??= time.CreateTimer(_ => EndMinute(), null, TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan);
            return ++_asked <= PerMinute;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _minute?.Dispose();
        }
    }

    private void EndMinute()
    {
        int leftOut;
        lock (_lock)
        {
            leftOut = Math.Max(0, _asked - PerMinute);
            _asked = 0;
            _minute?.Dispose();
            _minute = null;
        }

        if (leftOut > 0)
        {
            logger.LogWarning("Left {Count} refused sign-ins, with no account or a disabled one, out of the audit log within a minute", leftOut);
        }
    }
}
