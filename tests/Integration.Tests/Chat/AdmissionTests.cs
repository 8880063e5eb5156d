using System.Net;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>How many connections there may be, and how often they may be opened. No database is asked, so one is enough.</summary>
public sealed class AdmissionTests
{
    private readonly List<IAsyncDisposable> _disposables = [];

    [TearDown]
    public async Task DisposeAsync()
    {
        for (var i = _disposables.Count - 1; i >= 0; i--)
        {
            await _disposables[i].DisposeAsync();
        }

        _disposables.Clear();
    }

    [Test]
    public async Task A_user_who_connects_too_often_is_told_when_to_come_back_and_others_connect()
    {
        var server = await StartAsync(("RateLimits:UserConnectsPerMinute", "3"));
        var (sarah, marco) = (await SignUpAsync(server, "Sarah"), await SignUpAsync(server, "Marco"));
        for (var i = 0; i < 3; i++)
        {
            (await OpenAsync(sarah)).ShouldBe(HttpStatusCode.SwitchingProtocols);
        }

        using var refusal = await sarah.Http.OpenHubAsync(sarah.AccessToken);

        refusal.Headers.RetryAfter.ShouldNotBeNull().Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        await Task.FromResult(refusal).ShouldBeRefusedAsync(HttpStatusCode.TooManyRequests, "rate_limited");
        (await OpenAsync(marco)).ShouldBe(HttpStatusCode.SwitchingProtocols);
    }

    [Test]
    public async Task An_address_that_connects_too_often_is_refused_before_its_token_is_looked_at()
    {
        var server = await StartAsync(("RateLimits:AddressConnectsPerMinute", "3"), ("FORWARDEDHEADERS_ENABLED", "true"));
        using var http = TestUser.Client(server.Url);
        for (var i = 0; i < 3; i++)
        {
            using var unknown = await http.OpenHubAsync("nonsense", ("X-Forwarded-For", "203.0.113.1"));
            unknown.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        await http
            .OpenHubAsync("nonsense", ("X-Forwarded-For", "203.0.113.1"))
            .ShouldBeRefusedAsync(HttpStatusCode.TooManyRequests, "rate_limited");
        using var other = await http.OpenHubAsync("nonsense", ("X-Forwarded-For", "203.0.113.2"));
        other.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task Without_limits_nobody_connects_too_often()
    {
        var server = await StartAsync(
            ("RateLimits:Enabled", "false"),
            ("RateLimits:UserConnectsPerMinute", "1"),
            ("RateLimits:AddressConnectsPerMinute", "1")
        );
        var sarah = await SignUpAsync(server, "Sarah");

        for (var i = 0; i < 3; i++)
        {
            (await OpenAsync(sarah)).ShouldBe(HttpStatusCode.SwitchingProtocols);
        }
    }

    [Test]
    public async Task A_user_has_only_so_many_connections_open_and_others_have_theirs()
    {
        var server = await StartAsync(("Limits:UserConnections", "2"));
        var (sarah, marco) = (await SignUpAsync(server, "Sarah"), await SignUpAsync(server, "Marco"));
        using var first = await sarah.Http.OpenHubAsync(sarah.AccessToken);
        var second = await sarah.Http.OpenHubAsync(sarah.AccessToken);

        await sarah.Http.OpenHubAsync(sarah.AccessToken).ShouldBeRefusedAsync(HttpStatusCode.TooManyRequests, "hub.too_many_connections");
        (await OpenAsync(marco)).ShouldBe(HttpStatusCode.SwitchingProtocols);

        second.Dispose();
        await Eventually.ShouldBeTrueAsync(
            async () => await OpenAsync(sarah) == HttpStatusCode.SwitchingProtocols,
            "the place of a connection that was closed is free"
        );
    }

    [Test]
    public async Task Of_many_who_want_the_last_places_at_once_only_so_many_get_one()
    {
        var server = await StartAsync(("Limits:UserConnections", "3"));
        var sarah = await SignUpAsync(server, "Sarah");

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => sarah.Http.OpenHubAsync(sarah.AccessToken)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.SwitchingProtocols).ShouldBe(3);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ShouldBe(9);
        foreach (var answer in answers)
        {
            answer.Dispose();
        }
    }

    [Test]
    public async Task A_server_that_is_full_says_so_and_takes_a_connection_when_one_has_gone()
    {
        var server = await StartAsync(("Limits:HubConnections", "1"));
        var (sarah, marco) = (await SignUpAsync(server, "Sarah"), await SignUpAsync(server, "Marco"));
        var only = await sarah.Http.OpenHubAsync(sarah.AccessToken);

        await marco.Http.OpenHubAsync(marco.AccessToken).ShouldBeRefusedAsync(HttpStatusCode.ServiceUnavailable, "service.unavailable");

        only.Dispose();
        await Eventually.ShouldBeTrueAsync(async () => await OpenAsync(marco) == HttpStatusCode.SwitchingProtocols, "there is room again");
    }

    private async Task<TestServer> StartAsync(params (string Key, string Value)[] settings)
    {
        var server = await TestServer.StartAsync(Database.Sqlite, settings.ToDictionary(setting => setting.Key, setting => setting.Value));
        _disposables.Add(server);
        return server;
    }

    private async Task<TestUser> SignUpAsync(TestServer server, string name)
    {
        var user = await TestUser.SignUpAsync(server.Url, name);
        _disposables.Add(user);
        return user;
    }

    /// <summary>Opens a connection and closes it.</summary>
    private static async Task<HttpStatusCode> OpenAsync(TestUser user)
    {
        using var answer = await user.Http.OpenHubAsync(user.AccessToken);
        return answer.StatusCode;
    }
}
