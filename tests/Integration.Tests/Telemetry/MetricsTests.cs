using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BmadServer.Integration.Tests.Support;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Integration.Tests.Telemetry;

/// <summary>What Prometheus reads of a server that people use. The tests share it, and look at what each of them adds.</summary>
[TestFixture(Database.Sqlite)]
[TestFixture(Database.Postgres)]
public sealed class MetricsTests(Database database)
{
    private const string Calls = "bmadserver_hub_call_duration_seconds_count";
    private const string Sends = "method=\"SendMessage\"";
    private const string Ok = "outcome=\"ok\"";

    /// <summary>Calls that a user may make at once.</summary>
    private const int Burst = 100;

    private MonitoredNode _node = null!;
    private TestUser _sarah = null!;
    private TestUser _marco = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _node = await MonitoredNode.StartAsync(
            database,
            new Dictionary<string, string> { ["RateLimits__HubCallBurst"] = $"{Burst}", ["RateLimits__HubCallsPerSecond"] = "10" }
        );
        _sarah = await TestUser.SignUpAsync(_node.Url, "Sarah");
        _marco = await TestUser.SignUpAsync(_node.Url, "Marco");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        foreach (var started in new IAsyncDisposable?[] { _sarah, _marco, _node })
        {
            await (started?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    [Test]
    public async Task Sends_acks_batches_and_deliveries_are_counted()
    {
        const string commits = "origin=\"commit\"";
        const string batches = "bmadserver_posts_batch_size";
        var (sender, reader, workflow) = await ConversationAsync("contributor");
        await using var first = sender;
        await using var second = reader;
        var before = await _node.ScrapeAsync();

        for (var i = 0; i < 3; i++)
        {
            var ack = await sender.InvokeAsync("SendMessage", new { content = "Hello", workflowId = workflow });
            await reader.WaitForEventAsync(workflow, ack.Number("sequence"));
        }

        // The last of what a send counts.
        var after = await _node.ScrapeAsync(scrape => scrape.Sum(Calls, Sends, Ok) == before.Sum(Calls, Sends, Ok) + 3);
        Added(Calls, Sends).ShouldBe(3);
        Added("bmadserver_hub_call_duration_seconds_bucket", Sends, Ok, "le=\"+Inf\"").ShouldBe(3);
        Added("bmadserver_hub_call_duration_seconds_sum", Sends, Ok).ShouldBeGreaterThan(0);
        Added(batches + "_sum").ShouldBe(3);
        Added(batches + "_count").ShouldBe(3);
        Added("bmadserver_posts_batch_duration_seconds_count", Ok).ShouldBe(3);
        // One that is read from the log before its sender pushes it counts as that.
        Added("bmadserver_hub_pushes_total").ShouldBe(3);
        Added("bmadserver_hub_pushes_total", commits).ShouldBePositive();
        Added("bmadserver_hub_deliveries_total").ShouldBe(6);
        after.Sum("bmadserver_posts_waiting").ShouldBe(0);

        double Added(string name, params string[] labels) => after.Sum(name, labels) - before.Sum(name, labels);
    }

    [Test]
    public async Task Open_connections_are_counted_while_they_are_open()
    {
        await using (await HubClient.ConnectAsync(_node.Url, _sarah.AccessToken))
        await using (await HubClient.ConnectAsync(_node.Url, _marco.AccessToken))
        {
            await _node.ScrapeAsync(scrape => scrape.Sum("bmadserver_hub_connections") == 2);
        }

        await _node.ScrapeAsync(scrape => scrape.Sum("bmadserver_hub_connections") == 0);
    }

    [Test]
    public async Task Refusals_are_counted_by_their_code()
    {
        const string refusals = "bmadserver_hub_refusals_total";
        var (sender, reader, workflow) = await ConversationAsync("observer");
        await using var first = sender;
        await using var second = reader;

        await RefusedAsync(() => reader.InvokeAsync("SendMessage", new { content = "Hello", workflowId = workflow }));
        await RefusedAsync(() => sender.InvokeAsync("SendMessage", new { content = "", workflowId = workflow }));
        await RefusedAsync(() => sender.InvokeAsync("Shout", "Hello"));

        await _node.ScrapeAsync(scrape =>
            scrape.Sum(refusals, Sends, "code=\"workflow.read_only\"") == 1
            && scrape.Sum(refusals, Sends, "code=\"validation.failed\"") == 1
            && scrape.Sum(refusals, "method=\"Refuse\"", "code=\"hub.unknown_method\"") == 1
            && scrape.Sum(Calls, "outcome=\"refused\"") >= 3
            && scrape.Sum(Calls, "outcome=\"failed\"") == 0
        );
        (await _node.ScrapeAsync()).Text.ShouldNotContain("Shout");
    }

    [Test]
    public async Task Calls_beyond_the_budget_are_counted()
    {
        await using var flooding = await TestUser.SignUpAsync(_node.Url, "Nadia");
        await using var client = await HubClient.ConnectAsync(_node.Url, flooding.AccessToken);

        var refused = 0;
        for (var i = 0; i < 2 * Burst && refused == 0; i++)
        {
            try
            {
                await client.InvokeAsync("CatchUp", Guid.Empty, 0);
            }
            catch (HubException refusal)
            {
                refused += refusal.Message.StartsWith("rate_limited", StringComparison.Ordinal) ? 1 : 0;
            }
        }

        refused.ShouldBe(1);
        await _node.ScrapeAsync(scrape => scrape.Sum("bmadserver_hub_refusals_total", "code=\"rate_limited\"") == 1);
    }

    [Test]
    public async Task Catch_ups_are_counted_through_the_hub_and_over_REST()
    {
        const string rest = "http_server_request_duration_seconds_count";
        const string route = "http_route=\"/api/v1/workflows/{id}/events\"";
        var (sender, reader, workflow) = await ConversationAsync("contributor");
        await using var first = sender;
        await using var second = reader;
        var before = await _node.ScrapeAsync();

        await reader.InvokeAsync("CatchUp", workflow, 0);
        await _marco.Http.GetAsync($"/api/v1/workflows/{workflow}/events?after=0").ShouldBeAsync(HttpStatusCode.OK);

        await _node.ScrapeAsync(scrape =>
            scrape.Sum(Calls, "method=\"CatchUp\"", Ok) == before.Sum(Calls, "method=\"CatchUp\"", Ok) + 1
            && scrape.Sum(rest, route) == before.Sum(rest, route) + 1
        );
    }

    [Test]
    public async Task Announced_sequences_are_counted()
    {
        var before = await _node.ScrapeAsync();
        var (sender, reader, _) = await ConversationAsync("contributor");
        await using var first = sender;
        await using var second = reader;

        await reader.WaitForAsync("SequenceAnnounced");

        await _node.ScrapeAsync(scrape => scrape.Sum("bmadserver_hub_announcements_total") > before.Sum("bmadserver_hub_announcements_total"));
    }

    [Test]
    public async Task Statements_are_counted_and_timed()
    {
        var name = database == Database.Postgres ? "db_client_operation_duration_seconds_count" : "microsoft_entityframeworkcore_queries_total";

        var scrape = await _node.ScrapeAsync();

        scrape.Sum(name).ShouldBeGreaterThan(0, scrape.Text);
        // The pool would be named by its connection string.
        scrape.Text.ShouldNotContain("Host=");
    }

    [Test]
    public async Task Each_health_check_is_shown()
    {
        await _node.ScrapeAsync(scrape =>
            new[] { "self", "server", "database", "backplane" }.All(check => scrape.Sum("bmadserver_health", $"check=\"{check}\"") == 1)
        );
    }

    [TestCase("/metrics")]
    [TestCase("/metrics/")]
    [TestCase("/Metrics")]
    public async Task The_public_port_does_not_have_them(string path)
    {
        using var http = TestUser.Client(_node.Url);

        await http.GetAsync(path).ShouldBeRefusedAsync(HttpStatusCode.NotFound, "not_found");
    }

    [TestCase("/")]
    [TestCase("/health/live")]
    [TestCase("/api/v1/users/me")]
    [TestCase("/hubs/chat")]
    public async Task Their_port_has_nothing_else(string path)
    {
        using var response = await _node.Metrics.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    /// <summary>A workflow of Sarah's, which both have open: hers first.</summary>
    private async Task<(HubClient Sarah, HubClient Marco, Guid Workflow)> ConversationAsync(string role)
    {
        var created = await _sarah.Http.PostAsJsonAsync("/api/v1/workflows", new { title = "Plan" }).ShouldBeAsync(HttpStatusCode.Created);
        var workflow = created.GetProperty("id").GetGuid();
        await _sarah
            .Http.PostAsJsonAsync($"/api/v1/workflows/{workflow}/participants", new { email = _marco.Email, role })
            .ShouldBeAsync(HttpStatusCode.Created);
        var sarah = await HubClient.ConnectAsync(_node.Url, _sarah.AccessToken);
        var marco = await HubClient.ConnectAsync(_node.Url, _marco.AccessToken);
        await sarah.InvokeAsync("JoinWorkflow", workflow);
        await marco.InvokeAsync("JoinWorkflow", workflow);
        return (sarah, marco, workflow);
    }

    private static Task<HubException> RefusedAsync(Func<Task<JsonElement>> call) => Should.ThrowAsync<HubException>(call);
}
