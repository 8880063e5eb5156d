using System.Net;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Hosting;

/// <summary>Which sites' pages may read answers. No database is asked, so one is enough.</summary>
public sealed class CorsTests
{
    private const string App = "https://app.example.com";
    private const string AllowOrigin = "Access-Control-Allow-Origin";

    [Test]
    public async Task Without_a_setting_no_other_site_may_read_or_send_anything()
    {
        await using var server = await StartAsync("");
        using var http = TestUser.Client(server.Url);

        using var preflight = await PreflightAsync(http, App);
        using var answer = await GetAsync(http, App);

        preflight.IsSuccessStatusCode.ShouldBeFalse();
        CorsHeadersOf(preflight).ShouldBeEmpty();
        CorsHeadersOf(answer).ShouldBeEmpty();
    }

    [Test]
    public async Task A_configured_site_may_send_JSON_tokens_and_cookies()
    {
        await using var server = await StartAsync(App);
        using var http = TestUser.Client(server.Url);

        using var preflight = await PreflightAsync(http, App);

        preflight.IsSuccessStatusCode.ShouldBeTrue();
        preflight.Headers.GetValues(AllowOrigin).ShouldBe([App]);
        preflight.Headers.GetValues("Access-Control-Allow-Credentials").ShouldBe(["true"]);
        preflight.Headers.GetValues("Access-Control-Allow-Headers").ShouldBe(["authorization,content-type"]);
        preflight.Headers.GetValues("Access-Control-Allow-Methods").ShouldBe(["PATCH"]);
    }

    [Test]
    public async Task A_configured_site_may_read_answers_and_refusals()
    {
        await using var server = await StartAsync(App);
        using var http = TestUser.Client(server.Url);

        using var refusal = await GetAsync(http, App);

        refusal.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        refusal.Headers.GetValues(AllowOrigin).ShouldBe([App]);
        refusal.Headers.GetValues("Access-Control-Expose-Headers").Single().ShouldContain("Retry-After");
    }

    [TestCase("https://evil.example.com")]
    [TestCase("null")]
    [TestCase("http://app.example.com")]
    [TestCase("https://app.example.com:8443")]
    [TestCase("https://app.example.com.evil.example.com")]
    public async Task No_other_site_gets_what_a_configured_one_gets(string origin)
    {
        await using var server = await StartAsync(App);
        using var http = TestUser.Client(server.Url);

        using var preflight = await PreflightAsync(http, origin);
        using var answer = await GetAsync(http, origin);

        CorsHeadersOf(preflight).ShouldBeEmpty();
        CorsHeadersOf(answer).ShouldBeEmpty();
    }

    [Test]
    public async Task Sites_can_be_a_list_in_a_settings_file()
    {
        await using var server = await TestServer.StartAsync(
            Database.Sqlite,
            new Dictionary<string, string> { ["Cors:Origins:0"] = "https://one.example.com", ["Cors:Origins:1"] = App }
        );
        using var http = TestUser.Client(server.Url);

        using var answer = await GetAsync(http, App);

        answer.Headers.GetValues(AllowOrigin).ShouldBe([App]);
    }

    private static Task<TestServer> StartAsync(string origins) =>
        TestServer.StartAsync(Database.Sqlite, new Dictionary<string, string> { ["Cors:Origins"] = origins });

    private static Task<HttpResponseMessage> PreflightAsync(HttpClient http, string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, "/api/v1/workflows/019303a2-1f40-7c20-9a00-0000000000b1");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "PATCH");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        return http.SendAsync(request);
    }

    private static Task<HttpResponseMessage> GetAsync(HttpClient http, string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/users/me");
        request.Headers.Add("Origin", origin);
        return http.SendAsync(request);
    }

    private static IEnumerable<string> CorsHeadersOf(HttpResponseMessage answer) =>
        answer.Headers.Select(header => header.Key).Where(name => name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
}
