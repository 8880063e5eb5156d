using System.CommandLine;
using BmadServer.Load.Modes;
using BmadServer.Load.Reporting;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.Commands;

internal static class ClosedCommand
{
    public static Command Create()
    {
        var connections = Arguments.Positive("--connections", "Connections, each of a user of its own.", 50);
        var workflows = Arguments.Positive(
            "--workflows",
            "Workflows that the connections are spread over; all in one receive what one of them sends.",
            50
        );
        var depth = Arguments.Positive("--depth", "Sends under way on each connection.", 1);
        var rounds = new RoundArguments(rounds: 3, seconds: 4);
        var subjects = new SubjectArguments(SubjectKind.Echo, SubjectKind.Commit, SubjectKind.Group, SubjectKind.Postgres);
        var command = new Command(
            "closed",
            "Closed loop: every connection sends anew as soon as it has an ack. In the end all acks are held against the server's log."
        )
        {
            connections,
            workflows,
            depth,
        };
        Arguments.SpreadEvenly(command, connections, workflows);
        rounds.AddTo(command);
        subjects.AddTo(command);
        ResultArguments.Set(
            command,
            async (parsed, laboratory, cancellationToken) =>
            {
                var options = new ClosedLoopOptions(parsed.GetValue(connections), parsed.GetValue(workflows), parsed.GetValue(depth));
                var loops = new List<(Subject, ClosedLoopOptions)>();
                foreach (var kind in subjects.Read(parsed))
                {
                    loops.Add((await laboratory.StartAsync(kind, cancellationToken, options.Depth), options));
                }

                var (measurements, checks) = await Rounds.RunAsync(loops, rounds.Read(parsed), cancellationToken);
                return new RunResult { Measurements = measurements, Checks = checks };
            }
        );
        return command;
    }
}
