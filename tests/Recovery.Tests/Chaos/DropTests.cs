namespace BmadServer.Recovery.Tests.Chaos;

/// <summary>Connections that end, in all the ways they do.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
internal sealed class DropTests(DatabaseKind database) : ChaosTest(database)
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(4);

    [Test]
    public async Task Nothing_is_lost_when_connections_are_reset()
    {
        var tally = await RunAsync([FaultKind.Reset, FaultKind.Reset, FaultKind.ResetAll], Length, TimeSpan.FromSeconds(0.15));

        tally.PassingRefusals.ShouldBe(0);
        tally.Drops.ShouldBeGreaterThan(8);
    }

    [Test]
    public async Task Nothing_is_lost_when_connections_are_closed_in_an_orderly_way()
    {
        var tally = await RunAsync([FaultKind.CleanClose], Length, TimeSpan.FromSeconds(0.1));

        tally.PassingRefusals.ShouldBe(0);
        tally.Drops.ShouldBeGreaterThan(8);
    }

    [Test]
    public async Task Nothing_is_lost_when_connections_are_half_open_or_slow()
    {
        var tally = await RunAsync([FaultKind.HalfOpen, FaultKind.Stall, FaultKind.Delay], Length, TimeSpan.FromSeconds(0.4));

        tally.PassingRefusals.ShouldBe(0);
        tally.Drops.ShouldBeGreaterThan(2);
    }
}
