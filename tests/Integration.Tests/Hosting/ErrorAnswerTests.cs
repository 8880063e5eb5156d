using System.Net;
using System.Net.Http.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Hosting;

/// <summary>What every refusal has in common, whoever gives it.</summary>
public sealed class ErrorAnswerTests(Database database) : ServerTest(database)
{
    private HttpClient _http = null!;

    [OneTimeSetUp]
    public void OpenClient() => _http = TestUser.Client(Server.Url);

    [OneTimeTearDown]
    public void CloseClient() => _http.Dispose();

    [TestCase("/api/v1")]
    [TestCase("/api/v1/nothing")]
    [TestCase("/api/v2/workflows")]
    [TestCase("/health")]
    public async Task Where_there_is_nothing_the_answer_is_404(string path) =>
        await _http.GetAsync(path).ShouldBeRefusedAsync(HttpStatusCode.NotFound, "not_found");

    [Test]
    public async Task A_method_that_an_address_does_not_take_is_answered_with_405() =>
        await _http.GetAsync("/api/v1/auth/login").ShouldBeRefusedAsync(HttpStatusCode.MethodNotAllowed, "method_not_allowed");

    [Test]
    public async Task A_body_above_128_KiB_is_refused_with_413() =>
        await _http
            .PostTextAsync("/api/v1/auth/login", $"{{\"email\":\"{new string('a', 128 * 1024)}\"}}")
            .ShouldBeRefusedAsync(HttpStatusCode.RequestEntityTooLarge, "request.too_large");

    [Test]
    public async Task A_body_of_unknown_length_above_128_KiB_is_refused_with_413()
    {
        using var body = new StringContent($"{{\"email\":\"{new string('a', 128 * 1024)}\"}}", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/auth/login") { Content = body };
        request.Headers.TransferEncodingChunked = true;

        await _http.SendAsync(request).ShouldBeRefusedAsync(HttpStatusCode.RequestEntityTooLarge, "request.too_large");
    }

    [Test]
    public async Task A_body_of_100_KiB_is_read() =>
        await _http
            .PostTextAsync("/api/v1/auth/login", $"{{\"email\":\"{new string('a', 100 * 1024)}\",\"password\":\"p\"}}")
            .ShouldBeInvalidAsync("email");

    [TestCase("text/html")]
    [TestCase("text/plain")]
    [TestCase("application/xml")]
    [TestCase("image/png, text/*;q=0.5")]
    public async Task A_refusal_is_problem_details_whatever_the_caller_accepts(string accept)
    {
        using var http = TestUser.Client(Server.Url);
        http.DefaultRequestHeaders.TryAddWithoutValidation("Accept", accept);

        await http
            .PostAsJsonAsync("/api/v1/auth/login", new { email = "", password = "p" })
            .ShouldBeRefusedAsync(HttpStatusCode.BadRequest, "validation.failed");
        await http.GetAsync("/api/v1/users/me").ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.required");
        await http.GetAsync("/nothing").ShouldBeRefusedAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Test]
    public async Task The_trace_id_is_that_of_the_callers_trace()
    {
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        using var handler = new SocketsHttpHandler { ActivityHeadersPropagator = null };
        using var http = new HttpClient(handler) { BaseAddress = Server.Url };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/users/me");
        request.Headers.Add("traceparent", $"00-{trace}-b7ad6b7169203331-01");

        var problem = await http.SendAsync(request).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.required");

        problem.Text("traceId").ShouldBe(trace);
    }

    [Test]
    public async Task No_answer_names_the_servers_software()
    {
        using var response = await _http.GetAsync("/health/live");

        response.Headers.Contains("Server").ShouldBeFalse();
        response.Headers.Contains("X-Powered-By").ShouldBeFalse();
    }
}
