using System.CommandLine;
using BmadServer.Load.Modes;
using BmadServer.Load.Reporting;

namespace BmadServer.Load.Commands;

internal static class OpenCommand
{
    public static Command Create()
    {
        var users = Arguments.Positive("--users", "Users, each with a connection.", 1000);
        var workflows = Arguments.Positive("--workflows", "Workflows that they are spread over evenly.", 20);
        var rate = Arguments.Positive("--rate", "Sends a second, over all users.", 200);
        var warmUp = Arguments.Time("--warm-up", "What is not measured at first", 5);
        var seconds = Arguments.Time("--seconds", "What is measured", 60);
        var database = Arguments.Database();
        var command = new Command(
            "open",
            "Open loop: sends at a fixed rate, whatever is answered. Latencies count from the moment that a send was due."
        )
        {
            users,
            workflows,
            rate,
            warmUp,
            seconds,
            database,
        };
        Arguments.SpreadEvenly(command, users, workflows);
        ResultArguments.Set(
            command,
            async (parsed, laboratory, cancellationToken) =>
            {
                var server = await laboratory.StartServerAsync(parsed.GetValue(database), cancellationToken);
                var options = new OpenLoopOptions(
                    parsed.GetValue(users),
                    parsed.GetValue(workflows),
                    parsed.GetValue(rate),
                    TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
                    TimeSpan.FromSeconds(parsed.GetValue(seconds))
                );
                return new RunResult { Measurements = [await OpenLoop.RunAsync(server, options, cancellationToken)] };
            }
        );
        return command;
    }
}
