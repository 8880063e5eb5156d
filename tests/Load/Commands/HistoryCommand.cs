using System.CommandLine;
using BmadServer.Load.Modes;
using BmadServer.Load.Reporting;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.Commands;

internal static class HistoryCommand
{
    public static Command Create()
    {
        var events = Arguments.Positive("--events", "Events of the long workflow; they are written straight into PostgreSQL.", 1_000_000);
        var calls = Arguments.Positive("--calls", "How often each call is timed.", 200);
        var command = new Command(
            "history",
            "A send, the newest page and a catch-up in a workflow with a long history, in turn with one without."
        )
        {
            events,
            calls,
        };
        ResultArguments.Set(
            command,
            async (parsed, laboratory, cancellationToken) =>
            {
                var server = await laboratory.StartServerAsync(SubjectKind.Postgres, cancellationToken);
                return new RunResult
                {
                    History = await History.RunAsync(server, parsed.GetValue(events), parsed.GetValue(calls), cancellationToken),
                };
            }
        );
        return command;
    }
}
