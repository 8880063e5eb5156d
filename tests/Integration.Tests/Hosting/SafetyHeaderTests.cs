using System.Net;
using System.Net.WebSockets;
using BmadServer.Integration.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Hosting;

/// <summary>What browsers are told to refuse, whatever the answer is.</summary>
public sealed class SafetyHeaderTests : WebRootTest
{
    private const string Broken = "/api/broken";

    private static readonly (string Name, string Value)[] Expected =
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ];

    protected override void WriteFiles()
    {
        Write("wwwroot/index.html", "<!doctype html>");
        Write("wwwroot/assets/index-abc123.js", "1");
    }

    protected override void Configure(WebApplicationBuilder builder) => builder.Services.AddSingleton<IStartupFilter, BrokenAddress>();

    [TestCase("/", 200)]
    [TestCase("/w/019303a2-1f40-7c20-9a00-0000000000b1", 200)]
    [TestCase("/assets/index-abc123.js", 200)]
    [TestCase("/assets/nothing.js", 404)]
    [TestCase("/api/v1/users/me", 401)]
    [TestCase("/api/v1/auth/login", 405)]
    [TestCase("/api/nothing", 404)]
    [TestCase("/hubs/chat", 401)]
    [TestCase("/openapi/v1.json", 200)]
    [TestCase("/swagger", 301)]
    [TestCase("/swagger/index.html", 200)]
    [TestCase("/swagger/swagger-ui-bundle.js", 200)]
    [TestCase("/health/live", 200)]
    [TestCase(Broken, 500)]
    public async Task Every_answer_has_them(string path, int status)
    {
        using var response = await Http.GetAsync(path);

        ((int)response.StatusCode).ShouldBe(status);
        ShouldBeSafe(name => response.Headers.TryGetValues(name, out var values) ? values : []);
    }

    [Test]
    public async Task A_hubs_refusal_of_another_site_has_them()
    {
        using var response = await Http.OpenHubAsync(accessToken: null, ("Origin", "https://evil.example.com"));

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        ShouldBeSafe(name => response.Headers.TryGetValues(name, out var values) ? values : []);
    }

    [Test]
    public async Task A_refusal_of_too_many_requests_has_them()
    {
        await using var server = await TestServer.StartAsync(
            Database.Sqlite,
            new Dictionary<string, string> { ["RateLimits:AddressRequestsPerMinute"] = "1" }
        );
        using var http = TestUser.Client(server.Url);
        (await http.GetAsync("/api/nothing")).Dispose();

        using var response = await http.GetAsync("/api/nothing");

        response.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        ShouldBeSafe(name => response.Headers.TryGetValues(name, out var values) ? values : []);
        ShouldBeKeptByNobody(response);
    }

    [TestCase("/api/v1/users/me")]
    [TestCase("/api/nothing")]
    [TestCase("/hubs/chat")]
    [TestCase(Broken)]
    public async Task No_refusal_is_kept_by_a_cache(string path)
    {
        using var response = await Http.GetAsync(path);

        ShouldBeKeptByNobody(response);
    }

    [Test]
    public async Task What_is_for_one_person_is_kept_by_no_cache()
    {
        await using var user = await TestUser.SignUpAsync(Server.Url, "Sarah");

        using var response = await user.Http.GetAsync("/api/v1/workflows");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        ShouldBeKeptByNobody(response);
    }

    [Test]
    public async Task A_page_that_is_still_the_same_has_them()
    {
        using var first = await Http.GetAsync("/");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var response = await Http.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        ShouldBeSafe(name => response.Headers.TryGetValues(name, out var values) ? values : []);
    }

    [Test]
    public async Task A_hubs_handshake_has_them()
    {
        await using var user = await TestUser.SignUpAsync(Server.Url, "Sarah");
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        var hub = new UriBuilder(Server.Url) { Scheme = "ws", Path = "/hubs/chat", Query = $"access_token={user.AccessToken}" };

        await socket.ConnectAsync(hub.Uri, CancellationToken.None);

        socket.HttpStatusCode.ShouldBe(HttpStatusCode.SwitchingProtocols);
        ShouldBeSafe(name => socket.HttpResponseHeaders!.TryGetValue(name, out var values) ? values : []);
    }

    [Test]
    public async Task Over_HTTPS_a_browser_is_told_to_stay_with_it()
    {
        (await StrictTransportSecurityAsync("https")).ShouldBe(["max-age=31536000"]);
    }

    [Test]
    public async Task Without_HTTPS_a_browser_is_not_told_to_stay_with_it()
    {
        (await StrictTransportSecurityAsync("http")).ShouldBeEmpty();
    }

    [Test]
    public async Task In_development_a_browser_is_not_told_to_stay_with_HTTPS()
    {
        (await StrictTransportSecurityAsync("https", environment: "Development")).ShouldBeEmpty();
    }

    /// <summary>Through a proxy that takes HTTPS, as the operator's page describes it.</summary>
    private static async Task<string[]> StrictTransportSecurityAsync(string scheme, string environment = "Production")
    {
        await using var server = await TestServer.StartAsync(
            Database.Sqlite,
            new Dictionary<string, string> { ["FORWARDEDHEADERS_ENABLED"] = "true", ["environment"] = environment }
        );
        using var http = TestUser.Client(server.Url);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { Host = "chat.example.com" } };
        request.Headers.Add("X-Forwarded-Proto", scheme);
        using var response = await http.SendAsync(request);
        return response.Headers.TryGetValues("Strict-Transport-Security", out var values) ? [.. values] : [];
    }

    private static void ShouldBeKeptByNobody(HttpResponseMessage response) => response.Headers.CacheControl.ShouldNotBeNull().NoStore.ShouldBeTrue();

    private static void ShouldBeSafe(Func<string, IEnumerable<string>> header)
    {
        foreach (var (name, value) in Expected)
        {
            header(name).ShouldBe([value], name);
        }

        header("Permissions-Policy").ShouldHaveSingleItem().ShouldContain("camera=()");
        var policy = header("Content-Security-Policy")
            .ShouldHaveSingleItem()
            .Split(';', StringSplitOptions.TrimEntries)
            .Select(directive => directive.Split(' ', 2))
            .ToDictionary(directive => directive[0], directive => directive[1]);
        policy["default-src"].ShouldBe("'self'");
        policy["script-src"].ShouldBe("'self'");
        policy["connect-src"].ShouldBe("'self'");
        policy["frame-ancestors"].ShouldBe("'none'");
        policy["base-uri"].ShouldBe("'none'");
        policy["object-src"].ShouldBe("'none'");
    }

    /// <summary>Behind everything else, an address that fails.</summary>
    private sealed class BrokenAddress : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                next(app);
                app.Use(
                    (context, after) =>
                        context.Request.Path == Broken ? throw new InvalidOperationException("Broken on purpose.") : after(context)
                );
            };
    }
}
