using System.Net;
using System.Text.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Workflows;

public sealed class WorkflowListTests(Database database) : ServerTest(database)
{
    private const int Count = 120;

    private TestUser _sarah = null!;
    private Guid[] _all = null!;

    [OneTimeSetUp]
    public async Task CreateManyAsync()
    {
        _sarah = await SharedUserAsync();
        var made = await Server.CreateWorkflowsAsync(_sarah, Count);
        var first = await ListAsync("?limit=100").ShouldBeAsync(HttpStatusCode.OK);
        var rest = await ListAsync($"?limit=100&cursor={first.Text("nextCursor")}").ShouldBeAsync(HttpStatusCode.OK);
        var personal = rest.Items("workflows").Last().UuidV7("id");
        _all = [.. made, personal];
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(100)]
    public async Task Paging_gives_every_workflow_exactly_once_newest_first(int limit)
    {
        List<Guid> seen = [];
        string? cursor = null;
        do
        {
            var query = cursor is null ? $"?limit={limit}" : $"?limit={limit}&cursor={cursor}";
            var page = await ListAsync(query).ShouldBeAsync(HttpStatusCode.OK);
            page.Items("workflows").Length.ShouldBeInRange(1, limit);
            seen.AddRange(page.Items("workflows").Select(workflow => workflow.UuidV7("id")));
            cursor = page.GetProperty("nextCursor").GetString();
        } while (cursor is not null);

        // As text, because that is the order of time in a UUIDv7.
        seen.Select(id => id.ToString()).ShouldBe(_all.Select(id => id.ToString()).OrderDescending(StringComparer.Ordinal));
    }

    [Test]
    public async Task A_page_has_50_workflows_unless_another_limit_is_given()
    {
        var page = await ListAsync("").ShouldBeAsync(HttpStatusCode.OK);

        page.ShouldHaveFields("workflows", "nextCursor");
        page.Items("workflows").Length.ShouldBe(50);
    }

    [Test]
    public async Task The_last_page_has_no_next_one_even_when_it_is_full()
    {
        var user = await SignedInAsync();
        await WorkflowOfAsync(user);

        var page = await user.Http.GetAsync("/api/v1/workflows?limit=2").ShouldBeAsync(HttpStatusCode.OK);

        page.Items("workflows").Length.ShouldBe(2);
        page.GetProperty("nextCursor").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Test]
    public async Task A_workflow_stands_in_the_list_as_it_does_alone()
    {
        var page = await ListAsync("?limit=1").ShouldBeAsync(HttpStatusCode.OK);

        var listed = page.Items("workflows").Single();
        var alone = await _sarah.Http.GetAsync($"/api/v1/workflows/{listed.Text("id")}").ShouldBeAsync(HttpStatusCode.OK);
        listed.GetRawText().ShouldBe(alone.GetRawText());
    }

    [Test]
    public async Task Only_my_own_workflows_are_listed()
    {
        var user = await SignedInAsync();

        var page = await user.Http.GetAsync("/api/v1/workflows").ShouldBeAsync(HttpStatusCode.OK);

        page.Items("workflows").ShouldHaveSingleItem().GetProperty("personal").GetBoolean().ShouldBeTrue();
    }

    [Test]
    public async Task A_workflow_that_I_was_brought_into_is_listed_with_my_role()
    {
        var user = await SignedInAsync();
        var workflow = await WorkflowOfAsync(user);
        var marco = await SignedInAsync("Marco");
        await AddAsync(user, workflow, marco, "observer");

        var page = await marco.Http.GetAsync("/api/v1/workflows").ShouldBeAsync(HttpStatusCode.OK);

        page.Items("workflows").Select(listed => listed.Text("role")).ShouldBe(["observer", "owner"], ignoreOrder: true);
    }

    [TestCase("limit=0", "limit")]
    [TestCase("limit=-1", "limit")]
    [TestCase("limit=101", "limit")]
    [TestCase("cursor=abc", "cursor")]
    [TestCase("cursor=", "cursor")]
    [TestCase("cursor=2147483648", "cursor")]
    public async Task A_page_that_cannot_be_is_refused_with_400(string query, string field) =>
        await ListAsync($"?{query}").ShouldBeInvalidAsync(field);

    [TestCase("limit=abc")]
    [TestCase("limit=1.5")]
    [TestCase("limit=99999999999")]
    public async Task A_limit_that_is_no_number_is_refused_with_400(string query) =>
        await ListAsync($"?{query}").ShouldBeRefusedAsync(HttpStatusCode.BadRequest, "request.malformed");

    private Task<HttpResponseMessage> ListAsync(string query) => _sarah.Http.GetAsync($"/api/v1/workflows{query}");
}
