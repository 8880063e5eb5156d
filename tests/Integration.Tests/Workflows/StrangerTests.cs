using System.Net;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Workflows;

/// <summary>A stranger cannot tell a workflow that is not theirs from one that does not exist.</summary>
public sealed class StrangerTests(Database database) : ServerTest(database)
{
    private TestUser _sarah = null!;
    private TestUser _stranger = null!;
    private Guid _workflow;

    private static IEnumerable<TestCaseData> Calls()
    {
        yield return Call("GET", "", null);
        yield return Call("PATCH", "", """{"title":"Mine now"}""");
        yield return Call("POST", "/participants", """{"email":"nobody@example.com","role":"owner"}""");
        yield return Call("DELETE", "/participants/{sarah}", null);
        yield return Call("GET", "/messages", null);
        yield return Call("GET", "/events", null);
        yield return Call("PUT", "/read", """{"sequence":1}""");
    }

    [OneTimeSetUp]
    public async Task SignUpAsync()
    {
        (_sarah, _stranger) = (await SharedUserAsync(), await SharedUserAsync("Stranger"));
        _workflow = await WorkflowOfAsync(_sarah);
    }

    [TestCaseSource(nameof(Calls))]
    public async Task A_foreign_workflow_is_answered_like_one_that_does_not_exist(string method, string suffix, string? body)
    {
        var foreign = await CallAsync(method, $"{_workflow}{suffix}", body)
            .ShouldBeRefusedAsync(HttpStatusCode.NotFound, "workflow.not_found");

        var unknown = await CallAsync(method, $"{Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}{suffix}", body)
            .ShouldBeRefusedAsync(HttpStatusCode.NotFound, "workflow.not_found");
        Without(foreign, "traceId").ShouldBe(Without(unknown, "traceId"));
    }

    [TestCaseSource(nameof(Calls))]
    public async Task What_is_no_UUID_is_the_id_of_no_workflow(string method, string suffix, string? body) =>
        await CallAsync(method, $"workflow-1{suffix}", body).ShouldBeRefusedAsync(HttpStatusCode.NotFound, "workflow.not_found");

    [Test]
    public async Task A_strangers_calls_leave_the_workflow_as_it_was()
    {
        var before = await _sarah.Http.GetAsync($"/api/v1/workflows/{_workflow}").ShouldBeAsync(HttpStatusCode.OK);
        foreach (var call in Calls())
        {
            using var response = await CallAsync((string)call.Arguments[0]!, $"{_workflow}{call.Arguments[1]}", (string?)call.Arguments[2]);
        }

        var after = await _sarah.Http.GetAsync($"/api/v1/workflows/{_workflow}").ShouldBeAsync(HttpStatusCode.OK);

        after.GetRawText().ShouldBe(before.GetRawText());
    }

    private static TestCaseData Call(string method, string suffix, string? body) =>
        new TestCaseData(method, suffix, body).SetArgDisplayNames($"{method} {suffix}");

    private static string Without(System.Text.Json.JsonElement problem, string name) =>
        string.Join(",", problem.EnumerateObject().Where(property => property.Name != name));

    private async Task<HttpResponseMessage> CallAsync(string method, string path, string? body)
    {
        var url = $"/api/v1/workflows/{path.Replace("{sarah}", _sarah.Id.ToString())}";
        using var request = new HttpRequestMessage(new HttpMethod(method), url);
        if (body is not null)
        {
            request.Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        }

        return await _stranger.Http.SendAsync(request);
    }
}
