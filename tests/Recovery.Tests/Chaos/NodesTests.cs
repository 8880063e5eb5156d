using BmadServer.Testing;

namespace BmadServer.Recovery.Tests.Chaos;

/// <summary>Three nodes on one PostgreSQL and one Redis. Whoever connects gets another node than before.</summary>
internal sealed class NodesTests() : ChaosTest(DatabaseKind.Postgres, nodes: 3)
{
    [OneTimeSetUp]
    public void RequireRedis()
    {
        if (!LocalRedis.IsInstalled)
        {
            Assert.Ignore(LocalRedis.Missing);
        }
    }

    [Test]
    public async Task Nothing_is_lost_when_nodes_are_killed_and_their_clients_go_to_others()
    {
        var tally = await RunAsync(
            [FaultKind.NodeKill, FaultKind.NodeKill, FaultKind.NodeRestart],
            TimeSpan.FromSeconds(8),
            TimeSpan.FromSeconds(1.4),
            perSecond: 15
        );

        tally.ServerKills.ShouldBePositive();
    }

    [Test]
    public async Task Nothing_is_lost_and_nobody_is_dropped_when_Redis_is_killed_frozen_or_cut_off()
    {
        var tally = await RunAsync(
            [FaultKind.RedisKill, FaultKind.RedisFreeze, FaultKind.RedisPartition],
            TimeSpan.FromSeconds(12),
            TimeSpan.FromSeconds(1.5),
            perSecond: 15,
            // A device that gives up by itself, because the machine is busy, is not one that was dropped.
            answerLimit: TimeSpan.FromSeconds(15)
        );

        tally.RedisFaults.ShouldBeGreaterThan(2);
        tally.Drops.ShouldBe(0);
        tally.PassingRefusals.ShouldBe(0);
    }

    [Test]
    public async Task Nothing_is_lost_when_devices_go_from_node_to_node()
    {
        var tally = await RunAsync(
            [FaultKind.Reset, FaultKind.CleanClose, FaultKind.HalfOpen, FaultKind.DropAnswers, FaultKind.DropPushes],
            TimeSpan.FromSeconds(6),
            TimeSpan.FromSeconds(0.2),
            perSecond: 15
        );

        tally.Drops.ShouldBeGreaterThan(10);
    }

    [Test]
    public async Task Nothing_is_lost_and_nothing_is_refused_when_all_nodes_are_restarted_one_by_one()
    {
        var faults = Enumerable
            .Range(0, 3)
            .Select(node => new Fault(TimeSpan.FromSeconds(0.5), FaultKind.NodeRestart, node, TimeSpan.Zero))
            .ToList();

        var tally = await InRoundAsync(8, round => round.RunAsync(faults, TimeSpan.FromSeconds(12), perSecond: 15));

        tally.ServerRestarts.ShouldBe(3);
        tally.PassingRefusals.ShouldBe(0);
    }

    [Test]
    public async Task Nothing_is_lost_when_the_database_goes_away_under_all_nodes()
    {
        var tally = await RunAsync(
            [FaultKind.PostgresKill, FaultKind.PostgresStop, FaultKind.PostgresReset, FaultKind.CommitLost, FaultKind.CommitAnswerLost],
            TimeSpan.FromSeconds(10),
            TimeSpan.FromSeconds(1.2),
            perSecond: 15
        );

        (tally.PostgresKills + tally.PostgresStops + tally.PostgresResets).ShouldBePositive();
    }
}
