using System.Net;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Hosting;

public sealed class HealthTests(Database database) : ServerTest(database)
{
    private HttpClient _http = null!;

    [OneTimeSetUp]
    public void OpenClient() => _http = TestUser.Client(Server.Url);

    [OneTimeTearDown]
    public void CloseClient() => _http.Dispose();

    [Test]
    public async Task A_server_that_runs_is_live()
    {
        var report = await _http.GetAsync("/health/live").ShouldBeAsync(HttpStatusCode.OK);

        report.Text("status").ShouldBe("healthy");
    }

    [TestCase("database")]
    [TestCase("backplane")]
    public async Task A_server_that_can_serve_is_ready_and_names_what_it_depends_on(string dependency)
    {
        var report = await _http.GetAsync("/health/ready").ShouldBeAsync(HttpStatusCode.OK);

        report.Text("status").ShouldBe("healthy");
        report.GetProperty("checks").GetProperty(dependency).Text("status").ShouldBe("healthy");
    }
}
