namespace BmadServer.Recovery.Tests.Chaos;

internal sealed class PostgresOutageTests() : ChaosTest(DatabaseKind.Postgres)
{
    [Test]
    public async Task Nothing_is_lost_when_PostgreSQL_is_stopped_or_killed_under_the_server()
    {
        var tally = await RunAsync(
            [FaultKind.PostgresKill, FaultKind.PostgresKill, FaultKind.PostgresStop, FaultKind.PostgresReset],
            TimeSpan.FromSeconds(8),
            TimeSpan.FromSeconds(1.2),
            perSecond: 30
        );

        tally.PostgresKills.ShouldBeGreaterThan(0);
        tally.PostgresStops.ShouldBeGreaterThan(0);
    }

    [Test]
    public async Task Nothing_is_lost_when_connections_to_PostgreSQL_break_in_the_middle_of_commits()
    {
        var tally = await RunAsync(
            [FaultKind.CommitLost, FaultKind.CommitAnswerLost],
            TimeSpan.FromSeconds(5),
            TimeSpan.FromSeconds(0.5),
            perSecond: 30
        );

        tally.CommitsCut.ShouldBePositive();
        tally.SendsCut.ShouldBeGreaterThan(2);
    }

    [Test]
    public async Task Nothing_is_lost_when_the_power_fails()
    {
        var tally = await RunAsync([FaultKind.PowerCut], TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1.5), perSecond: 30);

        tally.PostgresKills.ShouldBeGreaterThan(0);
    }
}
