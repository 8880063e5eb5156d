namespace BmadServer.Recovery.Tests.Clients;

/// <summary>When a client tries again. The documented waits are 0, 2, 10 and 30 s; tests have no time for them, but keep the jitter.</summary>
internal static class Backoff
{
    private static readonly double[] Seconds = [0, 0.1, 0.25, 0.5];

    /// <param name="failures">How many attempts have failed since there was a session.</param>
    public static TimeSpan Delay(int failures, Random random) =>
        TimeSpan.FromSeconds(Seconds[Math.Min(failures, Seconds.Length - 1)] * (0.7 + (0.6 * random.NextDouble())));
}
