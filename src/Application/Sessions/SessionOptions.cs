namespace BmadServer.Application.Sessions;

/// <summary>Configuration section <c>Sessions</c>.</summary>
public sealed class SessionOptions
{
    public const string Section = "Sessions";

    /// <summary>How long after a drop a device gets the very same session back, in seconds.</summary>
    public double RecoveryWindowSeconds { get; init; } = 60;

    /// <summary>After how many minutes without activity a session ends.</summary>
    public double IdleTimeoutMinutes { get; init; } = 30;

    public TimeSpan RecoveryWindow => TimeSpan.FromSeconds(RecoveryWindowSeconds);

    public TimeSpan IdleTimeout => TimeSpan.FromMinutes(IdleTimeoutMinutes);

    /// <summary>How old the stored time of the last activity may grow: calls are many, writes should be few.</summary>
    public TimeSpan TouchInterval => TimeSpan.FromTicks(Math.Min(TimeSpan.TicksPerMinute, IdleTimeout.Ticks / 4));
}
