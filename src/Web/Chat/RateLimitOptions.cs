namespace BmadServer.Web.Chat;

/// <summary>Configuration section <c>RateLimits</c>. A user's connections share one budget of hub calls, which refills all the time.</summary>
internal sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    public bool Enabled { get; init; } = true;

    /// <summary>How many calls a second the budget refills by.</summary>
    public int HubCallsPerSecond { get; init; } = 100;

    /// <summary>The full budget: how many calls may come at once after a time of rest, such as on coming back.</summary>
    public int HubCallBurst { get; init; } = 1_000;

    /// <summary>How fast one connection is read, on average: a hundred of the longest messages in ASCII.</summary>
    public int HubKilobytesPerSecond { get; init; } = 2_000;
}
