using System.CommandLine;
using BmadServer.Load.Modes;
using BmadServer.Load.Reporting;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.Commands;

internal static class CostCommand
{
    public static Command Create()
    {
        var messages = Arguments.Positive("--messages", "Sent one after the other, to one recipient.", 3000);
        var subjects = new SubjectArguments(SubjectKind.Postgres, SubjectKind.Commit);
        var command = new Command("cost", "What one message costs: allocations, commands, transactions, bytes, processor time.")
        {
            messages,
        };
        subjects.AddTo(command);
        ResultArguments.Set(
            command,
            async (parsed, laboratory, cancellationToken) =>
            {
                var costs = new List<CostMeasurement>();
                foreach (var kind in subjects.Read(parsed))
                {
                    var subject = await laboratory.StartAsync(kind, cancellationToken);
                    costs.Add(await Cost.RunAsync(subject, parsed.GetValue(messages), cancellationToken));
                    await laboratory.StopAsync(subject);
                }

                return new RunResult { Costs = costs };
            }
        );
        return command;
    }
}
