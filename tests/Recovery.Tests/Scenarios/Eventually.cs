namespace BmadServer.Recovery.Tests.Scenarios;

internal static class Eventually
{
    public static Task TrueAsync(TimeSpan patience, Func<bool> condition) =>
        TrueAsync(patience, () => Task.FromResult(condition()));

    public static async Task TrueAsync(TimeSpan patience, Func<Task<bool>> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(patience, "it did not happen in time");
            await Task.Delay(20);
        }
    }
}
