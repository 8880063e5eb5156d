using System.Text.Json;
using System.Text.RegularExpressions;
using BmadServer.Integration.Tests.Examples;
using BmadServer.Integration.Tests.Support;
using BmadServer.Testing;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Integration.Tests.Telemetry;

/// <summary>The dashboard and the alerts in <c>deploy</c> ask for what a server with everything that it can have shows.</summary>
public sealed partial class MonitoringFileTests
{
    /// <summary>Prometheus' own.</summary>
    private static readonly string[] OfPrometheus = ["up"];

    private static readonly string[] Words = ["by", "sum", "min", "max", "avg", "count", "rate", "increase", "histogram_quantile", "le", "and", "or", "on"];

    private LocalRedis? _redis;
    private MonitoredNode? _node;
    private IReadOnlySet<string> _names = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        if (!LocalRedis.IsInstalled)
        {
            Assert.Ignore(LocalRedis.Missing);
        }

        _redis = LocalRedis.Create();
        await _redis.StartAsync();
        _node = await MonitoredNode.StartAsync(_redis);
        await using var user = await TestUser.SignUpAsync(_node.Url, "Sarah");
        await using var client = await HubClient.ConnectAsync(_node.Url, user.AccessToken);
        await client.InvokeAsync("SendMessage", "Hello");
        await Should.ThrowAsync<HubException>(() => client.InvokeAsync("SendMessage", ""));
        _names = (await _node.ScrapeAsync(scrape => scrape.Sum("bmadserver_backplane_lag_seconds_count") > 0 && scrape.Names.Contains("bmadserver_health"))).Names;
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }

    [Test]
    public void The_dashboard_shows_only_what_there_is()
    {
        using var dashboard = JsonDocument.Parse(Repository.Read("deploy", "grafana-dashboard.json"));
        var expressions = dashboard
            .RootElement.Items("panels")
            .Where(panel => panel.Text("type") != "row")
            .SelectMany(panel => panel.Items("targets"))
            .Select(target => target.Text("expr"))
            .ToArray();

        expressions.Length.ShouldBeGreaterThan(20);
        ShouldExist(expressions);
    }

    [Test]
    public void The_alerts_ask_only_for_what_there_is()
    {
        var rules = Repository.Read("deploy", "prometheus-rules.yaml");
        var expressions = Expression().Matches(rules).Select(match => match.Groups[1].Value).ToArray();

        expressions.Length.ShouldBe(Regex.Count(rules, "- alert:"));
        ShouldExist(expressions);
    }

    private void ShouldExist(string[] expressions)
    {
        foreach (var expression in expressions)
        {
            var asked = MetricsIn(expression).ToArray();
            asked.ShouldNotBeEmpty(expression);
            asked.Except(_names).Except(OfPrometheus).ShouldBeEmpty(expression);
        }
    }

    /// <summary>The words that are left without labels, ranges and what belongs to the language.</summary>
    private static IEnumerable<string> MetricsIn(string expression)
    {
        var bare = Grouping().Replace(Range().Replace(Selector().Replace(expression, " "), " "), " ");
        return Word().Matches(bare).Select(match => match.Value).Except(Words).Distinct();
    }

    [GeneratedRegex(@"^\s+expr: (.+)$", RegexOptions.Multiline)]
    private static partial Regex Expression();

    [GeneratedRegex("""\{([^"}]|"([^"\\]|\\.)*")*\}""")]
    private static partial Regex Selector();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Range();

    [GeneratedRegex(@"\b(by|without|on|ignoring)\s*\([^)]*\)")]
    private static partial Regex Grouping();

    [GeneratedRegex("[a-zA-Z_:][a-zA-Z0-9_:]*")]
    private static partial Regex Word();
}
