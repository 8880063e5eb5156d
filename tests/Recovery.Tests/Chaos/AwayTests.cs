namespace BmadServer.Recovery.Tests.Chaos;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
internal sealed class AwayTests(DatabaseKind database) : ChaosTest(database)
{
    [Test]
    public async Task Whoever_was_away_while_others_wrote_edited_and_deleted_shows_what_a_fresh_load_shows()
    {
        var tally = await InRoundAsync(
            devices: 5,
            async round =>
            {
                // One of them builds on snapshots, the other one on the log.
                var away = new[] { round.Devices[3], round.Devices[4] };
                await round.LoadAsync(TimeSpan.FromSeconds(1.5), perSecond: 30);
                await Task.WhenAll(away.Select(device => device.Client.GoAwayAsync()));
                await round.LoadAsync(TimeSpan.FromSeconds(2.5), perSecond: 30);
                foreach (var device in away)
                {
                    device.Client.Start();
                }
            }
        );

        tally.PassingRefusals.ShouldBe(0);
        tally.AckedChanges.ShouldBeGreaterThan(10);
    }
}
