namespace BmadServer.Recovery.Tests.Chaos;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
internal sealed class KillTests(DatabaseKind database) : ChaosTest(database)
{
    [Test]
    public async Task Nothing_is_lost_when_the_server_is_killed_under_load()
    {
        var tally = await RunAsync(
            [FaultKind.ServerKill, FaultKind.ServerKill, FaultKind.ServerKill, FaultKind.ServerRestart],
            TimeSpan.FromSeconds(5),
            TimeSpan.FromSeconds(1.4),
            perSecond: 25
        );

        tally.ServerKills.ShouldBeGreaterThanOrEqualTo(2);
    }
}
