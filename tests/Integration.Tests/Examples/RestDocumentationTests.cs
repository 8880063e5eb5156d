using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Examples;

/// <summary>docs/rest.md against a running server.</summary>
public sealed partial class RestDocumentationTests(Database database) : ServerTest(database)
{
    private static readonly string Page = Repository.Read("docs", "rest.md").ReplaceLineEndings("\n");

    [Test]
    public async Task It_describes_every_route_with_every_status_that_the_server_names()
    {
        using var http = TestUser.Client(Server.Url);
        var description = await http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var routes =
            from path in description.GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            select (
                Route: $"{operation.Name.ToUpperInvariant()} {path.Name}",
                Statuses: operation.Value.GetProperty("responses").EnumerateObject().Select(response => response.Name).ToArray()
            );
        var sections = Section().Matches(Page).ToDictionary(section => section.Groups[1].Value, section => section.Groups[2].Value);

        sections.Keys.Where(route => route.StartsWith("GET /health/", StringComparison.Ordinal)).ShouldBe(["GET /health/live", "GET /health/ready"]);
        sections.Keys.Where(route => !route.StartsWith("GET /health/", StringComparison.Ordinal)).ShouldBe(routes.Select(route => route.Route), ignoreOrder: true);
        foreach (var (route, statuses) in routes)
        {
            statuses.Where(status => !sections[route].Contains($"| {status} |", StringComparison.Ordinal)).ShouldBeEmpty(route);
        }
    }

    [Test]
    public async Task Its_commands_work_as_they_stand()
    {
        var commands = Commands().Match(Page).Groups[1].Value;

        var output = await Examples.Commands.RunAsync(
            "sh",
            ["-eu"],
            Path.GetTempPath(),
            new Dictionary<string, string> { ["BMAD"] = Server.Url.GetLeftPart(UriPartial.Authority) },
            commands
        );

        output.ShouldContain("\"role\":\"contributor\"");
        output.ShouldContain("\"title\":\"Plan the mobile app, part 2\"");
        output.ShouldContain("\"kind\":\"workflowRenamed\"");
        output.ShouldContain("{\"messages\":[],\"hasMore\":false}");
        output.ShouldContain("{\"sessions\":[]}");
        output.ShouldEndWith("204\n");
        output.ShouldNotContain("\"code\"");
    }

    [GeneratedRegex(@"^### `([A-Z]+ /[^`]+)`\n(.*?)(?=^##|\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Section();

    [GeneratedRegex(@"^```sh\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Commands();
}
