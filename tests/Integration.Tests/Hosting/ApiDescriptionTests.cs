using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using BmadServer.Integration.Tests.Examples;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Hosting;

public sealed class ApiDescriptionTests(Database database) : ServerTest(database)
{
    private JsonElement _document;
    private HttpClient _http = null!;

    /// <summary>Each call with the body that it takes, whether it needs a sign-in, and its answer's status.</summary>
    private static readonly (string Method, string Path, bool HasBody, bool IsSecure, string Success)[] Contract =
    [
        ("post", "/api/v1/auth/register", true, false, "201"),
        ("post", "/api/v1/auth/login", true, false, "200"),
        ("post", "/api/v1/auth/refresh", false, false, "200"),
        ("post", "/api/v1/auth/logout", false, false, "204"),
        ("post", "/api/v1/auth/password", true, true, "204"),
        ("get", "/api/v1/users/me", false, true, "200"),
        ("get", "/api/v1/sessions", false, true, "200"),
        ("get", "/api/v1/sessions/{id}", false, true, "200"),
        ("post", "/api/v1/sessions/{id}/extend", false, true, "204"),
        ("delete", "/api/v1/sessions/{id}", false, true, "204"),
        ("post", "/api/v1/workflows", true, true, "201"),
        ("get", "/api/v1/workflows", false, true, "200"),
        ("get", "/api/v1/workflows/{id}", false, true, "200"),
        ("patch", "/api/v1/workflows/{id}", true, true, "200"),
        ("post", "/api/v1/workflows/{id}/participants", true, true, "201"),
        ("delete", "/api/v1/workflows/{id}/participants/{userId}", false, true, "204"),
        ("get", "/api/v1/workflows/{id}/messages", false, true, "200"),
        ("get", "/api/v1/workflows/{id}/events", false, true, "200"),
        ("put", "/api/v1/workflows/{id}/read", true, true, "204"),
    ];

    private static IEnumerable<TestCaseData> Calls() =>
        Contract.Select(call =>
            new TestCaseData(call.Method, call.Path, call.HasBody, call.IsSecure, call.Success).SetArgDisplayNames(
                $"{call.Method} {call.Path}"
            )
        );

    /// <summary>All but logging out, which takes nothing, gives nothing and never refuses.</summary>
    private static IEnumerable<TestCaseData> CallsWithBodies() =>
        from call in Contract
        where call.HasBody || call.IsSecure || call.Success != "204"
        select new TestCaseData(call.Method, call.Path);

    [OneTimeSetUp]
    public async Task ReadAsync()
    {
        _http = TestUser.Client(Server.Url);
        _document = await _http.GetAsync("/openapi/v1.json").ShouldBeAsync(HttpStatusCode.OK);
    }

    [OneTimeTearDown]
    public void CloseClient() => _http.Dispose();

    [Test]
    public void The_description_lists_the_calls_of_the_contract_and_no_others()
    {
        var described =
            from path in _document.GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            select $"{operation.Name} {path.Name}";

        described.ShouldBe(Contract.Select(call => $"{call.Method} {call.Path}"), ignoreOrder: true);
    }

    [TestCaseSource(nameof(Calls))]
    public void A_call_names_its_security_and_its_answer(string method, string path, bool hasBody, bool isSecure, string success)
    {
        var operation = Operation(method, path);

        operation.TryGetProperty("requestBody", out _).ShouldBe(hasBody);
        operation.GetProperty("responses").TryGetProperty(success, out _).ShouldBeTrue();
        operation.TryGetProperty("security", out var security).ShouldBe(isSecure);
        if (isSecure)
        {
            security[0].TryGetProperty("Bearer", out _).ShouldBeTrue();
            operation.GetProperty("responses").TryGetProperty("401", out _).ShouldBeTrue();
        }
    }

    [TestCaseSource(nameof(CallsWithBodies))]
    public void A_call_has_an_example_for_each_body(string method, string path)
    {
        var operation = Operation(method, path);
        var bodies = operation.GetProperty("responses").EnumerateObject().Select(response => response.Value).ToList();
        if (operation.TryGetProperty("requestBody", out var request))
        {
            bodies.Add(request);
        }

        var contents = bodies
            .Where(body => body.TryGetProperty("content", out _))
            .SelectMany(body => body.GetProperty("content").EnumerateObject())
            .ToArray();

        contents.ShouldNotBeEmpty();
        contents.ShouldAllBe(content => HasExample(content.Value));
    }

    [Test]
    public void Each_call_is_summarised_in_a_sentence() =>
        Contract.ShouldAllBe(call => Operation(call.Method, call.Path).Text("summary").TrimEnd('.', '?').Length > 0);

    [Test]
    public void The_authorize_button_takes_a_bearer_token()
    {
        var scheme = _document.GetProperty("components").GetProperty("securitySchemes").GetProperty("Bearer");

        (scheme.Text("type"), scheme.Text("scheme")).ShouldBe(("http", "bearer"));
    }

    [Test]
    public void The_description_names_no_host_of_its_own() =>
        (_document.TryGetProperty("servers", out var servers) ? servers.GetArrayLength() : 0).ShouldBe(0);

    /// <summary>`npm run api` in src/Web/ClientApp writes it anew.</summary>
    [Test]
    public void The_web_apps_types_are_made_from_this_description()
    {
        var committed = JsonNode.Parse(Repository.Read("src", "Web", "ClientApp", "src", "api", "openapi.json"));

        JsonNode.DeepEquals(committed, JsonSerializer.SerializeToNode(_document)).ShouldBeTrue();
    }

    [Test]
    public async Task Swagger_shows_the_description()
    {
        using var page = await _http.GetAsync("/swagger/index.html");
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");

        (await _http.GetStringAsync("/swagger/index.js")).ShouldContain("/openapi/v1.json");
        (await _http.GetAsync("/swagger/swagger-ui-bundle.js")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static bool HasExample(JsonElement content) =>
        content.TryGetProperty("example", out var example) && example.ValueKind == JsonValueKind.Object && example.EnumerateObject().Any();

    private JsonElement Operation(string method, string path) => _document.GetProperty("paths").GetProperty(path).GetProperty(method);
}

public sealed class ApiDescriptionSwitchedOffTests(Database database) : ServerTest(database)
{
    protected override IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string> { ["OpenApi:Enabled"] = "false" };

    [TestCase("/openapi/v1.json")]
    [TestCase("/swagger")]
    [TestCase("/swagger/index.html")]
    public async Task Switched_off_there_is_no_description(string path)
    {
        using var http = TestUser.Client(Server.Url);

        await http.GetAsync(path).ShouldBeRefusedAsync(HttpStatusCode.NotFound, "not_found");
    }
}
