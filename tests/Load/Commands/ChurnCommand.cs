using System.CommandLine;
using BmadServer.Load.Modes;
using BmadServer.Load.Reporting;

namespace BmadServer.Load.Commands;

internal static class ChurnCommand
{
    public static Command Create()
    {
        var warmUp = Arguments.Time("--warm-up", "The churn before the first look at the memory", 20);
        var seconds = Arguments.Time("--seconds", "The churn between the two looks", 60);
        var database = Arguments.Database();
        var command = new Command("churn", "Devices connect, join, send and drop, over and over; the server's memory before and after.")
        {
            warmUp,
            seconds,
            database,
        };
        ResultArguments.Set(
            command,
            async (parsed, laboratory, cancellationToken) =>
            {
                var server = await laboratory.StartServerAsync(parsed.GetValue(database), cancellationToken);
                var (first, time) = (TimeSpan.FromSeconds(parsed.GetValue(warmUp)), TimeSpan.FromSeconds(parsed.GetValue(seconds)));
                return new RunResult { Churn = [await Churn.RunAsync(server, first, time, cancellationToken)] };
            }
        );
        return command;
    }
}
