using System.Net;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Workflows;

public sealed class WorkflowStatusTests(Database database) : ServerTest(database)
{
    private static readonly string[] Statuses = ["active", "paused", "completed", "cancelled"];

    private TestUser _sarah = null!;

    private static IEnumerable<TestCaseData> LegalChanges() => Pairs(isLegal: true);

    private static IEnumerable<TestCaseData> IllegalChanges() => Pairs(isLegal: false);

    [OneTimeSetUp]
    public async Task SignUpAsync() => _sarah = await SharedUserAsync();

    [TestCaseSource(nameof(LegalChanges))]
    public async Task A_status_changes_to_another_and_an_event_says_so(string from, string to)
    {
        var (workflow, sequence) = await InStatusAsync(from);

        var changed = await _sarah.PatchAsync(workflow, new { status = to }).ShouldBeAsync(HttpStatusCode.OK);

        changed.Text("status").ShouldBe(to);
        var page = await EventsAsync(workflow, sequence);
        page.Items("events").ShouldHaveSingleItem().Text("status").ShouldBe(to);
    }

    [TestCaseSource(nameof(IllegalChanges))]
    public async Task A_workflow_that_is_closed_stays_so(string from, string to)
    {
        var (workflow, sequence) = await InStatusAsync(from);

        await _sarah
            .PatchAsync(workflow, new { status = to })
            .ShouldBeRefusedAsync(HttpStatusCode.Conflict, "workflow.illegal_status");

        (await EventsAsync(workflow, sequence)).Items("events").ShouldBeEmpty();
    }

    [TestCaseSource(nameof(Statuses))]
    public async Task The_status_that_a_workflow_has_already_is_answered_with_200_and_no_event(string status)
    {
        var (workflow, sequence) = await InStatusAsync(status);

        var changed = await _sarah.PatchAsync(workflow, new { status }).ShouldBeAsync(HttpStatusCode.OK);

        changed.Text("status").ShouldBe(status);
        changed.Number("lastSequence").ShouldBe(sequence);
    }

    private static IEnumerable<TestCaseData> Pairs(bool isLegal) =>
        from origin in Statuses
        from target in Statuses
        where origin != target && isLegal == (origin is "active" or "paused")
        select new TestCaseData(origin, target);

    private async Task<(Guid Workflow, long Sequence)> InStatusAsync(string status)
    {
        var workflow = await WorkflowOfAsync(_sarah);
        var body = await _sarah.PatchAsync(workflow, new { status }).ShouldBeAsync(HttpStatusCode.OK);
        return (workflow, body.Number("lastSequence"));
    }

    private async Task<System.Text.Json.JsonElement> EventsAsync(Guid workflow, long after) =>
        await _sarah.Http.GetAsync($"/api/v1/workflows/{workflow}/events?after={after}").ShouldBeAsync(HttpStatusCode.OK);
}
