namespace BmadServer.Infrastructure.Auth;

/// <summary>
/// How guessing is slowed down. Wrong passwords lock an account for the place that they came from, and for a few minutes. Guesses from many
/// places lock it for all places that it was never signed in from. So whoever guesses elsewhere locks no owner out who comes from a known place.
/// </summary>
internal static class LockoutRules
{
    /// <summary>Wrong passwords in a row from one place.</summary>
    public const int OriginLimit = 5;

    /// <summary>Wrong passwords from all unknown places together, since the last right one from any of them.</summary>
    public const int AccountLimit = 20;

    public static readonly TimeSpan OriginLock = TimeSpan.FromMinutes(5);

    public static readonly TimeSpan AccountLock = TimeSpan.FromMinutes(15);

    /// <summary>For how long failures of a place are remembered, from the last one on.</summary>
    public static readonly TimeSpan FailuresFor = TimeSpan.FromDays(1);

    /// <summary>For how long a place from which somebody signed in is a known one.</summary>
    public static readonly TimeSpan KnownFor = TimeSpan.FromDays(90);
}
