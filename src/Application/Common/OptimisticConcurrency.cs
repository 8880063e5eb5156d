namespace BmadServer.Application.Common;

internal static class OptimisticConcurrency
{
    /// <summary>
    /// A handful: each loss means that somebody else won, so a caller loses many times in a row only where many write one record.
    /// </summary>
    private const int Attempts = 10;

    /// <summary>Runs work anew when it lost a race; it must read everything anew. The last loss is thrown on.</summary>
    /// <exception cref="ConcurrentChangeException">Lost every time.</exception>
    public static async Task<T> RetryAsync<T>(Func<Task<T>> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (ConcurrentChangeException) when (attempt < Attempts)
            {
                // Somebody else won; what they wrote is read on the next turn.
            }
        }
    }
}
