using System.Diagnostics;

namespace BmadServer.Integration.Tests.Support;

/// <summary>For what the server does in its own time, and tells nobody about.</summary>
internal static class Eventually
{
    /// <summary>Far longer than anything takes on a busy machine; only a test that fails waits for it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    public static async Task ShouldBeTrueAsync(Func<Task<bool>> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException($"It never came true that {what}.");
            }

            await Task.Delay(PollInterval);
        }
    }
}
