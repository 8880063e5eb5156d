using System.Globalization;
using System.Security.Cryptography;
using BmadServer.Integration.Tests.Support;
using BmadServer.Testing;

namespace BmadServer.Integration.Tests.Telemetry;

/// <summary>
/// A server with <c>/metrics</c>, as a process: instruments belong to a process, and the test's own runs other tests' servers too.
/// </summary>
internal sealed class MonitoredNode : IAsyncDisposable
{
    private readonly ServerNode _node;
    private readonly HttpClient _metrics;

    private MonitoredNode(ServerNode node, int port)
    {
        _node = node;
        _metrics = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    public Uri Url => _node.Url;

    /// <summary>Of the address at which the metrics are.</summary>
    public HttpClient Metrics => _metrics;

    public static async Task<MonitoredNode> StartAsync(Database database, IReadOnlyDictionary<string, string>? settings = null)
    {
        var port = Ports.FindFree();
        var all = new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
        {
            ["Metrics__Port"] = port.ToString(CultureInfo.InvariantCulture),
        };
        if (database == Database.Postgres)
        {
            all["ConnectionStrings__bmadserver"] = await SharedPostgres.CreateDatabaseAsync();
            all["Database__MigrateOnStart"] = "true";
        }

        return new MonitoredNode(await ServerNode.StartNewAsync(all), port);
    }

    /// <summary>On PostgreSQL, and with this backplane.</summary>
    public static Task<MonitoredNode> StartAsync(LocalRedis redis) =>
        StartAsync(
            Database.Postgres,
            new Dictionary<string, string>
            {
                ["ConnectionStrings__redis"] = redis.ConnectionString,
                ["Jwt__SigningKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            }
        );

    public async Task<Scrape> ScrapeAsync() => new(await _metrics.GetStringAsync("/metrics"));

    /// <summary>Waits until a scrape fits, and returns it.</summary>
    public async Task<Scrape> ScrapeAsync(Func<Scrape, bool> fits)
    {
        var scrape = await ScrapeAsync();
        try
        {
            await Eventually.ShouldBeTrueAsync(async () => fits(scrape = await ScrapeAsync()), "/metrics shows it");
        }
        catch (TimeoutException)
        {
            await TestContext.Out.WriteLineAsync(scrape.Text);
            throw;
        }

        return scrape;
    }

    public async ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        await _node.DisposeAsync();
    }
}
