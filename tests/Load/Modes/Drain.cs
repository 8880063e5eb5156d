namespace BmadServer.Load.Modes;

/// <summary>The end of a run: nothing more is sent, and what is still to come is waited for.</summary>
internal static class Drain
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    /// <param name="complaint">What is wrong when it does not come.</param>
    /// <param name="left">How many are still to come.</param>
    /// <param name="throwIfHopeless">Ends the wait by an exception when there is no use in it.</param>
    /// <exception cref="InvalidOperationException">Not all came in time.</exception>
    public static async Task WaitAsync(
        string complaint,
        Func<long> left,
        Action throwIfHopeless,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        var from = TimeProvider.System.GetTimestamp();
        while (left() > 0 && TimeProvider.System.GetElapsedTime(from) < patience)
        {
            throwIfHopeless();
            await Task.Delay(Step, cancellationToken);
        }

        throwIfHopeless();
        if (left() is var missing and > 0)
        {
            throw new InvalidOperationException($"{complaint}: {missing} are missing after {patience.TotalSeconds} s.");
        }
    }
}
