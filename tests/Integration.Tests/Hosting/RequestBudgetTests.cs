using System.Net;
using System.Net.Http.Json;
using BmadServer.Integration.Tests.Support;
using BmadServer.Web.Common;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Hosting;

/// <summary>
/// How often somebody may ask over REST, here seldom. Every test asks from an address of its own, as a proxy would pass it on. No database
/// is asked, so one is enough.
/// </summary>
public sealed class RequestBudgetTests
{
    private const int Requests = 20;
    private const int SignIns = 4;
    private const int Refreshes = 6;

    /// <summary>That may be left of a budget that was used up a moment ago, since it refills.</summary>
    private const int Few = 4;

    private static int _addresses;

    private TestServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() =>
        _server = await TestServer.StartAsync(
            Database.Sqlite,
            new Dictionary<string, string>
            {
                ["FORWARDEDHEADERS_ENABLED"] = "true",
                ["RateLimits:UserRequestsPerMinute"] = $"{Requests}",
                ["RateLimits:AddressRequestsPerMinute"] = $"{Requests}",
                ["RateLimits:SignInsPerMinute"] = $"{SignIns}",
                ["RateLimits:RefreshesPerMinute"] = $"{Refreshes}",
            }
        );

    [OneTimeTearDown]
    public Task StopAsync() => _server.DisposeAsync().AsTask();

    [Test]
    public async Task A_user_has_a_budget_wherever_they_ask_from()
    {
        await using var sarah = await SignUpAsync();
        var (taken, refusal) = await AskAsync(() => sarah.Http.GetAsync("/api/v1/users/me"), 2 * Requests);

        taken.ShouldBeGreaterThanOrEqualTo(Requests - 2);
        await ShouldBeRefusalAsync(refusal);
        using var elsewhere = From(NewAddress());
        elsewhere.DefaultRequestHeaders.Authorization = sarah.Http.DefaultRequestHeaders.Authorization;
        await ShouldBeRefusalAsync((await AskAsync(() => elsewhere.GetAsync("/api/v1/sessions"), Few)).Refusal);
    }

    [Test]
    public async Task Users_behind_one_address_have_a_budget_each()
    {
        var office = NewAddress();
        await using var sarah = await SignUpAsync(office);
        await using var marco = await SignUpAsync(office);
        await AskAsync(() => sarah.Http.GetAsync("/api/v1/users/me"), 2 * Requests);

        using var answer = await marco.Http.GetAsync("/api/v1/users/me");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [TestCase("/api/v1/users/me", null)]
    [TestCase("/api/v1/users/me", "nonsense")]
    [TestCase("/api/nothing", null)]
    [TestCase("/openapi/v1.json", null)]
    public async Task A_stranger_has_the_budget_of_their_address(string path, string? token)
    {
        using var http = From(NewAddress());
        http.DefaultRequestHeaders.Authorization = token is null ? null : new("Bearer", token);

        var (taken, refusal) = await AskAsync(() => http.GetAsync(path), 2 * Requests);

        taken.ShouldBeInRange(Requests, Requests + 5);
        await ShouldBeRefusalAsync(refusal);
        using var elsewhere = From(NewAddress());
        using var answer = await elsewhere.GetAsync(path);
        answer.StatusCode.ShouldNotBe(HttpStatusCode.TooManyRequests);
    }

    [Test]
    public async Task Registrations_and_logins_share_a_budget_that_is_tighter_and_their_addresss()
    {
        var address = NewAddress();
        await using var sarah = await SignUpAsync(address);
        using var http = From(address);
        var guess = new { email = sarah.Email, password = "wrong" };
        var (taken, refusal) = await AskAsync(() => http.PostAsJsonAsync("/api/v1/auth/login", guess), 2 * SignIns);

        taken.ShouldBeInRange(1, SignIns - 1);
        await ShouldBeRefusalAsync(refusal);
        await ShouldBeRefusalAsync(await http.PostAsJsonAsync("/api/v1/auth/register", new { }));
        using var other = await sarah.Http.GetAsync("/api/v1/users/me");
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_token_makes_no_more_guesses_possible()
    {
        var address = NewAddress();
        await using var sarah = await SignUpAsync(address);

        var guess = new { email = sarah.Email, password = "wrong" };
        var (_, refusal) = await AskAsync(() => sarah.Http.PostAsJsonAsync("/api/v1/auth/login", guess), 2 * SignIns);

        await ShouldBeRefusalAsync(refusal);
    }

    [Test]
    public async Task Refreshes_have_a_budget_of_their_own()
    {
        using var http = From(NewAddress());
        var (taken, refusal) = await AskAsync(() => http.PostCookieAsync("/api/v1/auth/refresh", cookie: null), 2 * Refreshes);

        taken.ShouldBeInRange(Refreshes, Refreshes + 2);
        await ShouldBeRefusalAsync(refusal);
        using var login = await http.PostAsJsonAsync("/api/v1/auth/login", new { email = "nobody@example.com", password = "wrong" });
        login.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task Whoever_waits_as_they_are_told_may_ask_again()
    {
        using var http = From(NewAddress());
        var (_, refusal) = await AskAsync(() => http.GetAsync("/api/nothing"), 2 * Requests);

        await Task.Delay(refusal!.Headers.RetryAfter!.Delta!.Value);

        await Eventually.ShouldBeTrueAsync(
            async () =>
            {
                using var answer = await http.GetAsync("/api/nothing");
                return answer.StatusCode == HttpStatusCode.NotFound;
            },
            "the budget has refilled"
        );
    }

    [Test]
    public async Task IPv6_addresses_of_one_network_share_a_budget_and_those_of_the_next_do_not()
    {
        var network = $"2001:db8:0:{Interlocked.Increment(ref _addresses):x}";
        using var first = From($"{network}::1");
        await AskAsync(() => first.GetAsync("/api/nothing"), 2 * Requests);

        using var second = From($"{network}:ffff:ffff:ffff:ffff");
        await ShouldBeRefusalAsync((await AskAsync(() => second.GetAsync("/api/nothing"), Few)).Refusal);
        using var next = From($"2001:db8:1:{_addresses:x}::1");
        using var answer = await next.GetAsync("/api/nothing");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [TestCase("/health/live", HttpStatusCode.OK)]
    [TestCase("/assets/nothing.js", HttpStatusCode.NotFound)]
    public async Task Load_balancers_and_files_have_none(string path, HttpStatusCode status)
    {
        using var http = From(NewAddress());

        for (var i = 0; i < 2 * Requests; i++)
        {
            using var answer = await http.GetAsync(path);
            answer.StatusCode.ShouldBe(status);
        }
    }

    [Test]
    public async Task A_budget_that_is_not_in_use_takes_no_memory()
    {
        var address = NewAddress();
        using var http = From(address);
        (await http.GetAsync("/api/nothing")).Dispose();
        var budgets = _server.Services.GetRequiredService<Budgets>();
        var asked = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };
        TakenOf().ShouldBe(1);

        // A new one, which has counted nothing, can only have taken its place.
        await Eventually.ShouldBeTrueAsync(() => Task.FromResult(TakenOf() == 0), "it was forgotten");

        long TakenOf() => budgets.Requests.GetStatistics(asked)!.TotalSuccessfulLeases;
    }

    [Test]
    public async Task Without_limits_nobody_is_refused()
    {
        await using var server = await TestServer.StartAsync(
            Database.Sqlite,
            new Dictionary<string, string> { ["RateLimits:Enabled"] = "false", ["RateLimits:AddressRequestsPerMinute"] = "1" }
        );
        using var http = TestUser.Client(server.Url);

        var (taken, _) = await AskAsync(() => http.GetAsync("/api/nothing"), 10);

        taken.ShouldBe(10);
    }

    /// <summary>Asks until it is refused for asking too often, and not more often than this.</summary>
    private static async Task<(int Taken, HttpResponseMessage? Refusal)> AskAsync(Func<Task<HttpResponseMessage>> ask, int most)
    {
        for (var taken = 0; taken < most; taken++)
        {
            var answer = await ask();
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                return (taken, answer);
            }

            answer.Dispose();
        }

        return (most, null);
    }

    private static async Task ShouldBeRefusalAsync(HttpResponseMessage? answer)
    {
        answer.ShouldNotBeNull();
        var seconds = answer.Headers.RetryAfter.ShouldNotBeNull().Delta!.Value.TotalSeconds;
        var problem = await Task.FromResult(answer).ShouldBeRefusedAsync(HttpStatusCode.TooManyRequests, "rate_limited");
        seconds.ShouldBeInRange(1, 60);
        problem.Text("detail").ShouldBe($"Too many calls. Try again in {seconds} s.");
    }

    /// <summary>From an address of their own, unless another is named; two of the sign-ins of that are used up.</summary>
    private async Task<TestUser> SignUpAsync(string? address = null) =>
        await TestUser.SignUpAsync(_server.Url, "Sarah", ("X-Forwarded-For", address ?? NewAddress()));

    private HttpClient From(string address)
    {
        var http = TestUser.Client(_server.Url);
        http.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return http;
    }

    private static string NewAddress() => $"203.0.113.{Interlocked.Increment(ref _addresses)}";
}
