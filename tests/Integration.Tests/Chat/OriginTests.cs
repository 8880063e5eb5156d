using System.Net;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>Which sites' pages may open a connection. No database is asked, so one is enough.</summary>
public sealed class OriginTests
{
    private const string App = "https://app.example.com";

    private TestServer _server = null!;
    private TestUser _sarah = null!;
    private HttpClient _http = null!;

    private string Own => _server.Url.GetLeftPart(UriPartial.Authority);

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await TestServer.StartAsync(
            Database.Sqlite,
            new Dictionary<string, string> { ["Cors:Origins"] = $"{App}, https://other.example.com:8443", ["FORWARDEDHEADERS_ENABLED"] = "true" }
        );
        _sarah = await TestUser.SignUpAsync(_server.Url, "Sarah");
        _http = TestUser.Client(_server.Url);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _http.Dispose();
        await _sarah.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task A_page_of_the_servers_own_connects() => await ShouldOpenAsync(Own);

    [TestCase(App)]
    [TestCase("https://other.example.com:8443")]
    public async Task A_page_of_a_configured_site_connects(string origin) => await ShouldOpenAsync(origin);

    [Test]
    public async Task A_program_which_sends_no_origin_connects()
    {
        using var answer = await _http.OpenHubAsync(_sarah.AccessToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.SwitchingProtocols);
    }

    [TestCase("https://evil.example.com")]
    [TestCase("null")]
    [TestCase("http://app.example.com")]
    [TestCase("https://app.example.com:8443")]
    [TestCase("https://app.example.com.evil.example.com")]
    [TestCase("https://other.example.com")]
    [TestCase("https://app.example.com, https://evil.example.com")]
    [TestCase("http://127.0.0.1")]
    public async Task A_page_of_another_site_is_refused_before_the_WebSocket_opens(string origin) => await ShouldBeRefusedAsync(origin);

    [Test]
    public async Task An_origin_that_begins_like_the_servers_own_is_refused() => await ShouldBeRefusedAsync($"{Own}.evil.example.com");

    [Test]
    public async Task A_refused_page_learns_nothing_of_whether_its_token_is_good() =>
        await _http
            .OpenHubAsync("nonsense", ("Origin", "https://evil.example.com"))
            .ShouldBeRefusedAsync(HttpStatusCode.Forbidden, "hub.origin_refused");

    [Test]
    public async Task A_page_of_another_site_cannot_negotiate_either()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/hubs/chat/negotiate?negotiateVersion=1");
        request.Headers.Authorization = new("Bearer", _sarah.AccessToken);
        request.Headers.Add("Origin", "https://evil.example.com");

        await _http.SendAsync(request).ShouldBeRefusedAsync(HttpStatusCode.Forbidden, "hub.origin_refused");
    }

    [TestCase("https://chat.example.com", "chat.example.com")]
    [TestCase("https://chat.example.com", "chat.example.com:443")]
    [TestCase("https://chat.example.com:8443", "chat.example.com:8443")]
    public async Task Behind_a_proxy_the_servers_own_is_what_the_browser_sees(string origin, string host)
    {
        using var answer = await _http.OpenHubAsync(_sarah.AccessToken, ("Origin", origin), ("Host", host), ("X-Forwarded-Proto", "https"));

        answer.StatusCode.ShouldBe(HttpStatusCode.SwitchingProtocols);
    }

    [Test]
    public async Task Behind_a_proxy_that_took_HTTPS_a_page_of_the_same_name_over_HTTP_is_refused() =>
        await _http
            .OpenHubAsync(_sarah.AccessToken, ("Origin", "http://chat.example.com"), ("Host", "chat.example.com"), ("X-Forwarded-Proto", "https"))
            .ShouldBeRefusedAsync(HttpStatusCode.Forbidden, "hub.origin_refused");

    [Test]
    public async Task The_operator_can_read_which_site_was_refused()
    {
        await ShouldBeRefusedAsync("https://mistaken.example.com");

        _server.Log.Lines.ShouldContain(line => line.Contains("https://mistaken.example.com", StringComparison.Ordinal));
    }

    [Test]
    public async Task What_a_stranger_sends_as_an_origin_does_not_fill_the_log()
    {
        await ShouldBeRefusedAsync($"https://{new string('x', 10_000)}.example.com");

        _server.Log.Lines.ShouldContain(line => line.Contains("https://xxx", StringComparison.Ordinal) && line.Length < 2_000);
        _server.Log.Lines.ShouldNotContain(line => line.Length > 10_000);
    }

    private async Task ShouldOpenAsync(string origin)
    {
        using var answer = await _http.OpenHubAsync(_sarah.AccessToken, ("Origin", origin));

        answer.StatusCode.ShouldBe(HttpStatusCode.SwitchingProtocols);
    }

    private async Task ShouldBeRefusedAsync(string origin) =>
        await _http.OpenHubAsync(_sarah.AccessToken, ("Origin", origin)).ShouldBeRefusedAsync(HttpStatusCode.Forbidden, "hub.origin_refused");
}
