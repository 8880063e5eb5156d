using System.Diagnostics;

namespace BmadServer.Integration.Tests.Support;

/// <summary>The real executable, run to its end.</summary>
internal static class ServerProcess
{
    /// <summary>Far longer than a start takes on a busy machine; only a test that fails waits for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<Ended> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "BmadServer.Web.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            // Not the tests' folder: the server must find its settings wherever it is started from.
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var error = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return new Ended(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    public sealed record Ended(int ExitCode, string Output, string Error)
    {
        /// <summary>Checks that it ended with 1 and told the operator why in one line, which this returns.</summary>
        public string ShouldBeRefusal()
        {
            ExitCode.ShouldBe(1, $"{Output}\n{Error}");
            var line = Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem();
            line.ShouldStartWith("bmadServer cannot start: ");
            return line;
        }
    }
}
