namespace BmadServer.Recovery.Tests.Chaos;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
internal sealed class OrderTests(DatabaseKind database) : ChaosTest(database)
{
    /// <summary>Far more than the server can do: everything waits for something, and whatever could overtake does.</summary>
    private const double PerSecond = 300;

    [Test]
    public async Task Everybody_sees_one_order_when_all_write_as_fast_as_they_can()
    {
        var tally = await InRoundAsync(devices: 8, round => round.LoadAsync(TimeSpan.FromSeconds(4), PerSecond));

        tally.PassingRefusals.ShouldBe(0);
        tally.AckedMessages.ShouldBeGreaterThan(100);
    }
}
