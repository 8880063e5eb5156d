namespace BmadServer.Web.Common;

/// <summary>
/// Configuration section <c>RateLimits</c>: budgets, each full after a time of rest and refilled all the time. A user's devices share theirs,
/// and so does everybody behind one address. Each node counts for itself.
/// </summary>
internal sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    public bool Enabled { get; init; } = true;

    /// <summary>How many calls a second a user's budget of hub calls refills by.</summary>
    public int HubCallsPerSecond { get; init; } = 100;

    /// <summary>The full budget: how many calls may come at once after a time of rest, such as on coming back.</summary>
    public int HubCallBurst { get; init; } = 1_000;

    /// <summary>How fast one connection is read, on average: a hundred of the longest messages in ASCII.</summary>
    public int HubKilobytesPerSecond { get; init; } = 2_000;

    /// <summary>REST requests of a user who is signed in. This many at once, and the same in every minute.</summary>
    public int UserRequestsPerMinute { get; init; } = 3_000;

    /// <summary>REST requests without a valid access token, of an address.</summary>
    public int AddressRequestsPerMinute { get; init; } = 3_000;

    /// <summary>Registrations, logins and changes of a password of an address, right and wrong ones. A large office begins its day with fewer.</summary>
    public int SignInsPerMinute { get; init; } = 100;

    /// <summary>
    /// Refreshes of an address. Every device behind it needs one every quarter of an hour, and all at once after an outage that was longer.
    /// </summary>
    public int RefreshesPerMinute { get; init; } = 1_000;

    /// <summary>Hub connections that a user opens. Two dozen tabs come back from one restart with a tenth of that.</summary>
    public int UserConnectsPerMinute { get; init; } = 200;

    /// <summary>Hub connections that are opened from an address: 2,000 users behind one come back twice.</summary>
    public int AddressConnectsPerMinute { get; init; } = 6_000;
}
