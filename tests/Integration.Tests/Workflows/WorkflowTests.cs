using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Workflows;

public sealed class WorkflowTests(Database database) : ServerTest(database)
{
    private const string Path = "/api/v1/workflows";

    private TestUser _sarah = null!;
    private TestUser _marco = null!;

    private static IEnumerable<TestCaseData> InvalidTitles()
    {
        yield return Case("a_number", "5");
        yield return Case("an_array", "[]");
        yield return Case("empty", "\"\"");
        yield return Case("blank", "\" \\n \"");
        yield return Case("too_long", $"\"{new string('t', 201)}\"");
        yield return Case("text_with_U+0000", "\"a\\u0000b\"");
        yield return Case("half_a_surrogate_pair", "\"\\udfff\"");
    }

    [OneTimeSetUp]
    public async Task SignUpAsync() => (_sarah, _marco) = (await SharedUserAsync(), await SharedUserAsync("Marco"));

    [Test]
    public async Task A_new_workflow_is_answered_with_201_and_its_fields()
    {
        var workflow = await CreateAsync("Plan the mobile app").ShouldBeAsync(HttpStatusCode.Created);

        workflow.ShouldHaveFields(
            "id",
            "title",
            "status",
            "role",
            "personal",
            "lastSequence",
            "lastReadSequence",
            "createdAt",
            "participants"
        );
        workflow.UuidV7("id");
        workflow.Text("title").ShouldBe("Plan the mobile app");
        workflow.Text("status").ShouldBe("active");
        workflow.Text("role").ShouldBe("owner");
        workflow.GetProperty("personal").GetBoolean().ShouldBeFalse();
        workflow.Number("lastSequence").ShouldBe(1);
        workflow.Number("lastReadSequence").ShouldBe(0);
        workflow.UtcTime("createdAt").ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
    }

    [Test]
    public async Task The_maker_of_a_workflow_is_its_only_participant()
    {
        var workflow = await CreateAsync("Plan the mobile app").ShouldBeAsync(HttpStatusCode.Created);

        var participant = workflow.Items("participants").ShouldHaveSingleItem();
        participant.ShouldHaveFields("userId", "name", "role", "joinedAt");
        participant.UuidV7("userId").ShouldBe(_sarah.Id);
        participant.Text("name").ShouldBe("Sarah");
        participant.Text("role").ShouldBe("owner");
        participant.UtcTime("joinedAt").ShouldBe(workflow.UtcTime("createdAt"));
    }

    [Test]
    public async Task The_location_of_a_new_workflow_gives_the_same_workflow()
    {
        using var created = await CreateAsync("Plan the mobile app");
        var body = await created.Content.ReadFromJsonAsync<JsonElement>();
        created.Headers.Location!.OriginalString.ShouldBe($"{Path}/{body.Text("id")}");

        var read = await _sarah.Http.GetAsync(created.Headers.Location).ShouldBeAsync(HttpStatusCode.OK);

        read.GetRawText().ShouldBe(body.GetRawText());
    }

    [TestCaseSource(nameof(InvalidTitles))]
    [TestCase("null")]
    public async Task A_new_workflow_is_refused_with_400_when_its_title_is(string json) =>
        await _sarah.Http.PostTextAsync(Path, $"{{\"title\":{json}}}").ShouldBeInvalidAsync("title");

    [Test]
    public async Task A_new_workflow_without_a_title_is_refused_with_400() =>
        await _sarah.Http.PostTextAsync(Path, "{}").ShouldBeInvalidAsync("title");

    [Test]
    public async Task The_longest_title_is_taken_as_it_is()
    {
        var title = string.Concat(Enumerable.Repeat("🦊", 100));

        var workflow = await CreateAsync(title).ShouldBeAsync(HttpStatusCode.Created);

        workflow.Text("title").ShouldBe(title);
    }

    [Test]
    public async Task Each_participant_sees_the_workflow_with_their_own_role()
    {
        var workflow = await WorkflowOfAsync(_sarah);
        await AddAsync(_sarah, workflow, _marco, "observer");

        var seen = await GetAsync(_marco, workflow).ShouldBeAsync(HttpStatusCode.OK);

        seen.Text("role").ShouldBe("observer");
        seen.Number("lastSequence").ShouldBe(2);
        seen.Items("participants").Select(participant => participant.Text("name")).ShouldBe(["Sarah", "Marco"]);
    }

    [Test]
    public async Task An_owner_renames_a_workflow()
    {
        var workflow = await WorkflowOfAsync(_sarah);

        var renamed = await _sarah.PatchAsync(workflow, new { title = "  Plan the web app " }).ShouldBeAsync(HttpStatusCode.OK);

        renamed.Text("title").ShouldBe("Plan the web app");
        renamed.Number("lastSequence").ShouldBe(2);
        (await GetAsync(_sarah, workflow).ShouldBeAsync(HttpStatusCode.OK)).GetRawText().ShouldBe(renamed.GetRawText());
    }

    [Test]
    public async Task A_title_and_a_status_change_together()
    {
        var workflow = await WorkflowOfAsync(_sarah);

        var changed = await _sarah
            .PatchAsync(workflow, new { title = "Plan the web app", status = "paused" })
            .ShouldBeAsync(HttpStatusCode.OK);

        (changed.Text("title"), changed.Text("status"), changed.Number("lastSequence")).ShouldBe(("Plan the web app", "paused", 3));
    }

    [Test]
    public async Task Of_a_title_and_an_illegal_status_neither_changes()
    {
        var workflow = await WorkflowOfAsync(_sarah);
        await _sarah.PatchAsync(workflow, new { status = "completed" }).ShouldBeAsync(HttpStatusCode.OK);
        var before = await GetAsync(_sarah, workflow).ShouldBeAsync(HttpStatusCode.OK);

        await _sarah
            .PatchAsync(workflow, new { title = "Plan the web app", status = "active" })
            .ShouldBeRefusedAsync(HttpStatusCode.Conflict, "workflow.illegal_status");

        (await GetAsync(_sarah, workflow).ShouldBeAsync(HttpStatusCode.OK)).GetRawText().ShouldBe(before.GetRawText());
    }

    [Test]
    public async Task A_change_to_what_it_is_already_adds_no_event()
    {
        var workflow = await WorkflowOfAsync(_sarah, "Plan the mobile app");

        var changed = await _sarah
            .PatchAsync(workflow, new { title = "Plan the mobile app", status = "active" })
            .ShouldBeAsync(HttpStatusCode.OK);

        changed.Number("lastSequence").ShouldBe(1);
    }

    [TestCaseSource(nameof(InvalidTitles))]
    public async Task A_rename_is_refused_with_400_when_the_title_is(string json)
    {
        var workflow = await WorkflowOfAsync(_sarah);

        await PatchTextAsync(workflow, $"{{\"title\":{json}}}").ShouldBeInvalidAsync("title");
    }

    [TestCase("{}")]
    [TestCase("""{"title":null,"status":null}""")]
    [TestCase("""{"colour":"blue"}""")]
    public async Task A_change_of_nothing_is_refused_with_400(string json)
    {
        var workflow = await WorkflowOfAsync(_sarah);

        await PatchTextAsync(workflow, json).ShouldBeInvalidAsync("title");
    }

    [TestCase("\"Paused\"")]
    [TestCase("\"\"")]
    [TestCase("\"1\"")]
    [TestCase("1")]
    [TestCase("[\"paused\"]")]
    public async Task What_is_no_status_is_refused_with_400(string json)
    {
        var workflow = await WorkflowOfAsync(_sarah);

        await PatchTextAsync(workflow, $"{{\"status\":{json}}}").ShouldBeInvalidAsync("status");
    }

    [TestCase("contributor")]
    [TestCase("observer")]
    public async Task Who_is_no_owner_changes_nothing(string role)
    {
        var workflow = await WorkflowOfAsync(_sarah);
        await AddAsync(_sarah, workflow, _marco, role);

        await _marco.PatchAsync(workflow, new { title = "Mine now" }).ShouldBeRefusedAsync(HttpStatusCode.Forbidden, "workflow.forbidden");
        await _marco.PatchAsync(workflow, new { status = "paused" }).ShouldBeRefusedAsync(HttpStatusCode.Forbidden, "workflow.forbidden");
    }

    [Test]
    public async Task A_personal_workflow_can_be_renamed()
    {
        var personal = await PersonalOfAsync(_sarah);

        var renamed = await _sarah.PatchAsync(personal, new { title = "Notes" }).ShouldBeAsync(HttpStatusCode.OK);

        renamed.Text("title").ShouldBe("Notes");
    }

    [TestCase("paused")]
    [TestCase("completed")]
    [TestCase("cancelled")]
    public async Task A_personal_workflow_stays_active(string status)
    {
        var personal = await PersonalOfAsync(_sarah);

        await _sarah.PatchAsync(personal, new { status }).ShouldBeRefusedAsync(HttpStatusCode.Conflict, "workflow.personal");
    }

    [Test]
    public async Task Nobody_can_be_brought_into_a_personal_workflow()
    {
        var personal = await PersonalOfAsync(_sarah);

        await _sarah
            .Http.PostAsJsonAsync($"{Path}/{personal}/participants", new { email = _marco.Email, role = "observer" })
            .ShouldBeRefusedAsync(HttpStatusCode.Conflict, "workflow.personal");
    }

    [Test]
    public async Task Nobody_leaves_their_personal_workflow()
    {
        var personal = await PersonalOfAsync(_sarah);

        await _sarah
            .Http.DeleteAsync($"{Path}/{personal}/participants/{_sarah.Id}")
            .ShouldBeRefusedAsync(HttpStatusCode.Conflict, "workflow.last_owner");
    }

    private static TestCaseData Case(string name, string json) => new TestCaseData(json).SetArgDisplayNames(name);

    private static async Task<Guid> PersonalOfAsync(TestUser user)
    {
        var page = await user.Http.GetAsync($"{Path}?limit=100").ShouldBeAsync(HttpStatusCode.OK);
        return page.Items("workflows").Single(workflow => workflow.GetProperty("personal").GetBoolean()).UuidV7("id");
    }

    private static Task<HttpResponseMessage> GetAsync(TestUser user, Guid workflow) => user.Http.GetAsync($"{Path}/{workflow}");

    private Task<HttpResponseMessage> CreateAsync(string title) => _sarah.Http.PostAsJsonAsync(Path, new { title });

    private Task<HttpResponseMessage> PatchTextAsync(Guid workflow, string json) =>
        _sarah.Http.PatchAsync($"{Path}/{workflow}", new StringContent(json, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")));
}
