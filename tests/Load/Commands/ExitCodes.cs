using System.Data.Common;
using System.Text.Json;
using BmadServer.Load.Reporting;

namespace BmadServer.Load.Commands;

/// <summary>What the program ends with.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The run broke off, or what it measured is not as it should be.</summary>
    public const int Failed = 1;

    /// <summary>Nothing was begun: what was asked for makes no sense, or there is no baseline.</summary>
    public const int Misused = 2;

    /// <summary>As shells have it for SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>Runs something that says itself how it ended, and turns its failures into a line for a person and an exit code.</summary>
    public static async Task<int> OfAsync(Func<Task<int>> runAsync, CancellationToken cancellationToken)
    {
        try
        {
            return await runAsync();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Progress.End();
            await Console.Error.WriteLineAsync("Interrupted; nothing is left running.");
            return Interrupted;
        }
        catch (Exception failure)
            when (failure
                    is InvalidOperationException
                        or ArgumentException
                        or NotSupportedException
                        or TimeoutException
                        or HttpRequestException
                        or JsonException
                        or DbException
                        or IOException
            )
        {
            Progress.End();
            await Console.Error.WriteLineAsync($"The run failed: {failure.Message}");
            return Failed;
        }
    }
}
