using BmadServer.Integration.Tests.Support;
using BmadServer.Testing;

namespace BmadServer.Integration.Tests.Telemetry;

/// <summary>What Prometheus reads while Redis comes and goes.</summary>
public sealed class BackplaneMetricsTests
{
    private const string Working = "bmadserver_backplane_working";
    private const string Dropped = "bmadserver_backplane_signals_dropped_total";
    private const string Heard = "bmadserver_backplane_lag_seconds_count";
    private const string Published = "bmadserver_backplane_publish_duration_seconds_count";

    [Test]
    public async Task An_outage_of_Redis_shows_and_so_does_its_end()
    {
        if (!LocalRedis.IsInstalled)
        {
            Assert.Ignore(LocalRedis.Missing);
        }

        await using var redis = LocalRedis.Create();
        await redis.StartAsync();
        await using var node = await MonitoredNode.StartAsync(redis);
        await using var user = await TestUser.SignUpAsync(node.Url, "Sarah");
        await using var client = await HubClient.ConnectAsync(node.Url, user.AccessToken);
        var before = await node.ScrapeAsync(scrape =>
            scrape.Sum(Working) == 1 && scrape.Sum(Heard) > 0 && scrape.Sum(Published, "outcome=\"ok\"") > 0
        );

        await redis.KillAsync();
        await node.ScrapeAsync(scrape => scrape.Sum(Working) == 0);
        await client.InvokeAsync("SendMessage", "Hello");
        await node.ScrapeAsync(scrape => scrape.Sum(Dropped) > before.Sum(Dropped) && scrape.Sum(Published, "outcome=\"failed\"") > 0);

        await redis.StartAsync();
        await node.ScrapeAsync(scrape => scrape.Sum(Working) == 1);
    }
}
