using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BmadServer.Integration.Tests.Support;
using BmadServer.Testing;
using Npgsql;

namespace BmadServer.Integration.Tests.Hosting;

/// <summary>A server whose PostgreSQL goes away and comes back, or was never there.</summary>
public sealed class DatabaseOutageTests
{
    private string _database = null!;
    private int _port;
    private TcpProxy _network = null!;
    private TestServer _server = null!;
    private TestUser _user = null!;
    private HttpClient _anonymous = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _database = await SharedPostgres.CreateDatabaseAsync();
        _port = new NpgsqlConnectionStringBuilder(_database).Port;
        _network = new TcpProxy(_port);
        var through = new NpgsqlConnectionStringBuilder(_database) { Host = "127.0.0.1", Port = _network.Port };
        _server = await StartAsync(through.ConnectionString);
        _user = await TestUser.SignUpAsync(_server.Url, "Sarah");
        _anonymous = TestUser.Client(_server.Url);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _anonymous.Dispose();
        await _user.DisposeAsync();
        await _server.DisposeAsync();
        await _network.DisposeAsync();
    }

    [SetUp]
    public void GoAway()
    {
        _network.Retarget(1);
        _network.ResetConnections();
    }

    [TearDown]
    public async Task ComeBackAsync()
    {
        _network.Retarget(_port);
        await Eventually.ShouldBeTrueAsync(IsReadyAsync, "the server is ready once its database is back");
    }

    [Test]
    public async Task Without_its_database_a_server_is_not_ready_and_says_why()
    {
        using var response = await _anonymous.GetAsync("/health/ready");

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var report = await response.Content.ReadFromJsonAsync<JsonElement>();
        report.Text("status").ShouldBe("unhealthy");
        report.GetProperty("checks").GetProperty("database").Text("status").ShouldBe("unhealthy");
        report.GetProperty("checks").GetProperty("backplane").Text("status").ShouldBe("healthy");
    }

    [Test]
    public async Task Without_its_database_a_server_is_live() =>
        await _anonymous.GetAsync("/health/live").ShouldBeAsync(HttpStatusCode.OK);

    [TestCase("GET", "/api/v1/users/me", null)]
    [TestCase("GET", "/api/v1/workflows", null)]
    [TestCase("POST", "/api/v1/workflows", """{"title":"Plan the mobile app"}""")]
    [TestCase("POST", "/api/v1/auth/login", """{"email":"sarah@example.com","password":"correct horse"}""")]
    [TestCase("POST", "/api/v1/auth/register", """{"email":"sarah@example.com","password":"correct horse","displayName":"Sarah"}""")]
    public async Task Without_its_database_a_server_answers_503(string method, string path, string? body) =>
        await CallAsync(method, path, body).ShouldBeRefusedAsync(HttpStatusCode.ServiceUnavailable, "service.unavailable");

    [Test]
    public async Task Without_its_database_a_server_ends_no_sign_in()
    {
        await _user
            .Http.PostCookieAsync("/api/v1/auth/refresh", _user.RefreshCookie)
            .ShouldBeRefusedAsync(HttpStatusCode.ServiceUnavailable, "service.unavailable");
        await ComeBackAsync();

        using var response = await _user.Http.PostCookieAsync("/api/v1/auth/refresh", _user.RefreshCookie);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        await _user.TakeAsync(response);
    }

    [Test]
    public async Task A_server_starts_without_its_database_and_waits_for_it()
    {
        await ComeBackAsync();
        await using var network = new TcpProxy(targetPort: 1);
        var through = new NpgsqlConnectionStringBuilder(_database) { Host = "127.0.0.1", Port = network.Port };
        await using var server = await StartAsync(through.ConnectionString, migrateOnStart: false);
        using var http = TestUser.Client(server.Url);
        (await http.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

        network.Retarget(_port);

        await Eventually.ShouldBeTrueAsync(
            async () => (await http.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK,
            "the server is ready once its database is there"
        );
    }

    [Test]
    public async Task A_database_that_was_dropped_is_one_that_is_away()
    {
        var database = await SharedPostgres.CreateDatabaseAsync();
        await using var server = await StartAsync(database);
        await using var user = await TestUser.SignUpAsync(server.Url, "Sarah");
        using var http = TestUser.Client(server.Url);

        await TestPostgres.DropAsync(database);

        (await http.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        await user.Http.GetAsync("/api/v1/users/me").ShouldBeRefusedAsync(HttpStatusCode.ServiceUnavailable, "service.unavailable");
    }

    private static Task<TestServer> StartAsync(string connectionString, bool migrateOnStart = true) =>
        TestServer.StartAsync(
            Database.Postgres,
            new Dictionary<string, string>
            {
                ["ConnectionStrings:bmadserver"] = connectionString,
                ["Database:MigrateOnStart"] = $"{migrateOnStart}",
            }
        );

    private async Task<bool> IsReadyAsync()
    {
        using var response = await _anonymous.GetAsync("/health/ready");
        return response.StatusCode == HttpStatusCode.OK;
    }

    private async Task<HttpResponseMessage> CallAsync(string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        }

        return await _user.Http.SendAsync(request);
    }
}
