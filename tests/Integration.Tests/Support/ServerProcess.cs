using System.Diagnostics;
using System.Text.Json;

namespace BmadServer.Integration.Tests.Support;

/// <summary>The real executable, run to its end.</summary>
public static class ServerProcess
{
    /// <summary>Far longer than a start takes on a busy machine; only a test that fails waits for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Task<Ended> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        RunAsync(environment, input: "", arguments);

    /// <param name="input">All that stands on standard input.</param>
    /// <param name="meanwhile">Is given the process's id while it runs.</param>
    public static async Task<Ended> RunAsync(
        IReadOnlyDictionary<string, string> environment,
        string input,
        string[] arguments,
        Func<int, Task>? meanwhile = null
    )
    {
        var program = Path.Combine(AppContext.BaseDirectory, "BmadServer.Web.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            // Not the tests' folder: the server must find its settings wherever it is started from.
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardInput = true,
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
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await (meanwhile?.Invoke(process.Id) ?? Task.CompletedTask);
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
        /// <summary>Checks that it was done, and returns the JSON that it wrote.</summary>
        public JsonElement ShouldBeDone()
        {
            ExitCode.ShouldBe(0, $"{Output}\n{Error}");
            return JsonSerializer.Deserialize<JsonElement>(Output);
        }

        /// <summary>Checks that it was refused with this code, in JSON and in one line for a person; returns the sentence.</summary>
        public string ShouldBeRefusedWith(string code)
        {
            ExitCode.ShouldBe(1, $"{Output}\n{Error}");
            var error = JsonSerializer.Deserialize<JsonElement>(Output).GetProperty("error");
            error.GetProperty("code").GetString().ShouldBe(code);
            var message = error.GetProperty("message").GetString()!;
            Error.ShouldContain($"{code}: {message}");
            return message;
        }

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
