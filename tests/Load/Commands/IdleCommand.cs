using System.CommandLine;
using BmadServer.Load.Modes;
using BmadServer.Load.Reporting;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.Commands;

internal static class IdleCommand
{
    public static Command Create()
    {
        var connections = Arguments.Positive("--connections", "Connections that are opened and then say nothing.", 10_000);
        var subjects = new SubjectArguments(SubjectKind.Postgres);
        var command = new Command("idle", "Opens connections and measures what each costs the server's memory, and how fast they open.")
        {
            connections,
        };
        subjects.AddTo(command);
        command.Aliases.Add("ramp");
        ResultArguments.Set(
            command,
            async (parsed, laboratory, cancellationToken) =>
            {
                var measurements = new List<IdleMeasurement>();
                foreach (var kind in subjects.Read(parsed))
                {
                    var subject = await laboratory.StartAsync(kind, cancellationToken);
                    measurements.Add(await IdleRamp.RunAsync(subject, parsed.GetValue(connections), cancellationToken));
                    await laboratory.StopAsync(subject);
                }

                return new RunResult { Idle = measurements };
            }
        );
        return command;
    }
}
