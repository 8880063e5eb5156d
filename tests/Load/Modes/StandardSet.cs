using BmadServer.Load.Checking;
using BmadServer.Load.Measuring;
using BmadServer.Load.Reporting;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.Modes;

/// <summary>How long the parts of the standard set take, and how large they are.</summary>
internal sealed record SetSizes(
    RoundOptions Rounds,
    TimeSpan OpenLoop,
    int IdleConnections,
    TimeSpan ChurnWarmUp,
    TimeSpan Churn,
    int HistoryEvents,
    int HistoryCalls
)
{
    /// <summary>Under ten minutes in all.</summary>
    public static SetSizes Standard { get; } =
        new(
            new RoundOptions(
                Rounds: 5,
                FirstWarmUp: TimeSpan.FromSeconds(3),
                WarmUp: TimeSpan.FromSeconds(0.5),
                Time: TimeSpan.FromSeconds(2.5)
            ),
            OpenLoop: TimeSpan.FromMinutes(1),
            IdleConnections: 10_000,
            ChurnWarmUp: TimeSpan.FromSeconds(15),
            Churn: TimeSpan.FromMinutes(1),
            HistoryEvents: 1_000_000,
            HistoryCalls: 200
        );

    /// <summary>As the numbers to reach have it: about an hour and a half.</summary>
    public static SetSizes Full { get; } =
        Standard with
        {
            Rounds = new RoundOptions(
                Rounds: 5,
                FirstWarmUp: TimeSpan.FromSeconds(10),
                WarmUp: TimeSpan.FromSeconds(2),
                Time: TimeSpan.FromSeconds(10)
            ),
            OpenLoop = TimeSpan.FromMinutes(10),
            ChurnWarmUp = TimeSpan.FromMinutes(2),
            Churn = TimeSpan.FromHours(1),
            HistoryCalls = 1000,
        };
}

/// <summary>What there are numbers to reach for, all in one run.</summary>
internal static class StandardSet
{
    private static readonly TimeSpan OpenLoopWarmUp = TimeSpan.FromSeconds(5);

    public static ClosedLoopOptions Spread { get; } = new(Connections: 50, Workflows: 50, Depth: 1);

    public static ClosedLoopOptions Rooms { get; } = new(Connections: 500, Workflows: 50, Depth: 1);

    /// <summary>One after the other, and one recipient.</summary>
    public static ClosedLoopOptions Alone { get; } = new(Connections: 1, Workflows: 1, Depth: 1);

    public static OpenLoopOptions OpenLoop(TimeSpan warmUp, TimeSpan time) => new(Users: 1000, Workflows: 20, Rate: 200, warmUp, time);

    public static async Task<RunResult> RunAsync(SetSizes sizes, Laboratory laboratory, CancellationToken cancellationToken)
    {
        var measurements = new List<Measurement>();
        var checks = new List<LogCheck>();
        var postgres = await laboratory.StartServerAsync(SubjectKind.Postgres, cancellationToken);
        var sqlite = await laboratory.StartServerAsync(SubjectKind.Sqlite, cancellationToken);
        var echo = await laboratory.StartAsync(SubjectKind.Echo, cancellationToken);
        var group = await laboratory.StartAsync(SubjectKind.Group, cancellationToken);
        var commit = await laboratory.StartAsync(SubjectKind.Commit, cancellationToken);
        // Before the collector has had a reason to take a second heap and give it up again: allocations are counted.
        await TakeTurnsAsync(Alone, commit, postgres, echo);
        await TakeTurnsAsync(Spread, group, postgres, echo, commit, sqlite);
        await TakeTurnsAsync(Rooms, echo, postgres);
        foreach (var done in new[] { sqlite, echo, group, commit })
        {
            await laboratory.StopAsync(done);
        }

        measurements.Add(await Modes.OpenLoop.RunAsync(postgres, OpenLoop(OpenLoopWarmUp, sizes.OpenLoop), cancellationToken));
        var history = await History.RunAsync(postgres, sizes.HistoryEvents, sizes.HistoryCalls, cancellationToken);
        await laboratory.StopAsync(postgres);
        var idle = await OnNewServerAsync(server => IdleRamp.RunAsync(server, sizes.IdleConnections, cancellationToken));
        var churn = await OnNewServerAsync(server => Churn.RunAsync(server, sizes.ChurnWarmUp, sizes.Churn, cancellationToken));
        return new RunResult
        {
            Measurements = measurements,
            Checks = checks,
            Idle = [idle],
            Churn = [churn],
            History = history,
        };

        async Task TakeTurnsAsync(ClosedLoopOptions options, params Subject[] subjects)
        {
            var rounds = await Rounds.RunAsync([.. subjects.Select(subject => (subject, options))], sizes.Rounds, cancellationToken);
            measurements.AddRange(rounds.Measurements);
            checks.AddRange(rounds.Checks);
        }

        // Memory is compared on a server that has done nothing else.
        async Task<T> OnNewServerAsync<T>(Func<ServerSubject, Task<T>> measureAsync)
        {
            var server = await laboratory.StartServerAsync(SubjectKind.Postgres, cancellationToken);
            var measured = await measureAsync(server);
            await laboratory.StopAsync(server);
            return measured;
        }
    }
}
