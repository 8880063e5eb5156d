namespace BmadServer.Domain.Common;

public static class Clock
{
    /// <summary>
    /// Now, in UTC, cut to whole microseconds: the finest that PostgreSQL stores. A time that is finer would differ
    /// between the first answer and a later one that was read back.
    /// </summary>
    public static DateTimeOffset Now(this TimeProvider time)
    {
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
