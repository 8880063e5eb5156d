using System.Globalization;
using BmadServer.Testing;

namespace BmadServer.Recovery.Tests.Chaos;

/// <summary>
/// Rounds of mixed faults for as many minutes as asked for, in turn on SQLite, on PostgreSQL, and with three nodes on PostgreSQL and Redis:
/// <c>./test.sh recovery</c>. A round's seed says what it is on, so it can be run again alone, as the first one of a run.
/// </summary>
[Explicit("It runs for as long as BMADSERVER_RECOVERY_MINUTES says: ./test.sh recovery.")]
[Category("Long")]
internal sealed class LongRun
{
    private const int Writers = 8;
    private const int AckLosses = 2;
    private const int AcksLostAtOnce = 60;
    private const double PerSecond = 10;

    /// <summary>Most of what happens to the server is its death.</summary>
    private static readonly FaultKind[] ServerMix =
    [
        .. Enumerable.Repeat(FaultKind.ServerKill, 8),
        FaultKind.ServerRestart,
        FaultKind.PowerCut,
        FaultKind.PostgresKill,
        FaultKind.PostgresStop,
        FaultKind.PostgresReset,
        FaultKind.CommitLost,
        FaultKind.CommitAnswerLost,
    ];

    private static readonly FaultKind[] NodesMix =
    [
        .. Enumerable.Repeat(FaultKind.NodeKill, 4),
        FaultKind.NodeRestart,
        FaultKind.RedisKill,
        FaultKind.RedisFreeze,
        FaultKind.RedisPartition,
        FaultKind.PostgresKill,
        FaultKind.PostgresReset,
        FaultKind.CommitLost,
        FaultKind.CommitAnswerLost,
    ];

    private static readonly FaultKind[] DeviceMix =
    [
        FaultKind.Reset,
        FaultKind.CleanClose,
        FaultKind.Stall,
        FaultKind.HalfOpen,
        FaultKind.Delay,
        FaultKind.ResetAll,
        FaultKind.DropAnswers,
        FaultKind.DropPushes,
    ];

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(35);
    private static readonly TimeSpan AckLimit = TimeSpan.FromSeconds(4);

    private static double Minutes => Variable("BMADSERVER_RECOVERY_MINUTES", 30);

    private static int FirstSeed => (int)Variable("BMADSERVER_RECOVERY_SEED", Random.Shared.Next(1_000_000));

    [Test]
    public async Task Nothing_is_lost_whatever_happens()
    {
        var start = TimeProvider.System.GetTimestamp();
        var (seed, minutes) = (FirstSeed, Minutes);
        var total = new Tally();
        var acksLost = 0;
        var failures = new List<string>();
        TestContext.Progress.WriteLine($"First seed {seed}, {minutes} minutes");
        for (var round = 0; round == 0 || TimeProvider.System.GetElapsedTime(start).TotalMinutes < minutes; round++)
        {
            var (tally, lost, failure) = await RunRoundAsync(seed + round);
            total += tally;
            acksLost += lost;
            var elapsed = TimeProvider.System.GetElapsedTime(start).TotalMinutes;
            TestContext.Progress.WriteLine(
                $"{elapsed:0.0} min, {total.Rounds} rounds: {total.ServerKills} kills, {total.AckedMessages} messages, {acksLost} acks dropped, "
                    + $"{total.RepeatedAfterLostAck} repeated, {total.Violations} violations"
            );
            if (failure is not null)
            {
                TestContext.Progress.WriteLine(failure);
                failures.Add(failure);
            }
        }

        Report(total, acksLost, seed);
        failures.ShouldBeEmpty();
    }

    private static async Task<(Tally Tally, int AcksLost, string? Failure)> RunRoundAsync(int seed)
    {
        var (database, nodes) = (seed % 3, LocalRedis.IsInstalled) switch
        {
            (0, _) => (DatabaseKind.Sqlite, 1),
            (2, true) => (DatabaseKind.Postgres, 3),
            _ => (DatabaseKind.Postgres, 1),
        };
        var repeat = $"./test.sh recovery --minutes 1 --seed {seed}";
        var world = await Worlds.GetAsync(database, nodes);
        try
        {
            await using var round = await Round.StartAsync(world, seed, Writers);
            var faults = FaultSchedule
                .Make(seed, nodes == 1 ? ServerMix : NodesMix, Writers, Length, TimeSpan.FromSeconds(2))
                .Concat(FaultSchedule.Make(seed + 1, DeviceMix, Writers, Length, TimeSpan.FromSeconds(0.8)));
            await LoseAcksAsync(round);
            await round.RunAsync([.. faults], Length, PerSecond);
            var (tally, failure) = await round.JudgeAsync(repeat);
            if (failure is not null)
            {
                await Worlds.DropAsync(world);
            }

            return (tally, round.Devices.Sum(device => device.DroppedAcks), failure);
        }
        catch (Exception failure)
        {
            await Worlds.DropAsync(world);
            return (new Tally { Rounds = 1 }, 0, $"seed {seed} on {database}, {nodes} nodes. The same again: {repeat}\n{failure}\n{world.Nodes.Output}");
        }
    }

    /// <summary>Before anything else happens: all acks of all devices get lost, and all sends are repeated, some times over.</summary>
    private static async Task LoseAcksAsync(Round round)
    {
        for (var turn = 0; turn < AckLosses; turn++)
        {
            var workflow = round.WorkflowIds[turn % round.WorkflowIds.Count];
            await Task.WhenAll(round.Devices.Select(device => Round.LoseAcksAsync(device, workflow, AcksLostAtOnce, AckLimit)));
            await Round.UntilAsync(AckLimit * 3, () => round.Devices.All(device => device.Client.Waiting == 0));
        }
    }

    private static void Report(Tally total, int acksLost, int seed)
    {
        Figures.Report("long form, first seed", seed, "", "");
        Figures.Report("long form, rounds", total.Rounds, "", "");
        Figures.Report("kill -9 of the server under load", total.ServerKills, "", ">= 200 in 30 minutes");
        Figures.Report("orderly restarts of the server", total.ServerRestarts, "", "");
        Figures.Report("kill -9 of PostgreSQL under load", total.PostgresKills, "", "");
        Figures.Report("orderly stops of PostgreSQL", total.PostgresStops, "", "");
        Figures.Report("commits cut off from PostgreSQL, or their answers", total.CommitsCut, "", "");
        Figures.Report("sends and edits cut off from PostgreSQL, or their answers", total.SendsCut, "", "");
        Figures.Report("Redis killed, frozen, or cut off from a node", total.RedisFaults, "", "");
        Figures.Report("drops of connections", total.Drops, "", "");
        Figures.Report("messages acknowledged", total.AckedMessages, "", "");
        Figures.Report("edits and deletions acknowledged", total.AckedChanges, "", "");
        Figures.Report("acknowledged messages lost", total.Lost, "", "0");
        Figures.Report("acknowledged messages duplicated", total.Duplicated, "", "0");
        Figures.Report("out of order", total.OutOfOrder, "", "0");
        Figures.Report("acks dropped on the way", acksLost, "", "");
        Figures.Report("sends stored, their ack lost, and repeated", total.RepeatedAfterLostAck, "", ">= 10,000 in 30 minutes");
        Figures.Report("violations of any kind", total.Violations, "", "0");
    }

    private static double Variable(string name, double otherwise) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
