using System.Net;
using System.Net.Http.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Workflows;

/// <summary>How many workflows a user may have, and how many people a workflow; here few.</summary>
public sealed class WorkflowLimitTests(Database database) : ServerTest(database)
{
    private const int Most = 3;

    protected override IReadOnlyDictionary<string, string> Settings { get; } =
        new Dictionary<string, string> { ["Limits:OpenWorkflows"] = $"{Most}", ["Limits:Participants"] = $"{Most}" };

    [Test]
    public async Task Of_many_workflows_made_at_once_only_so_many_come_to_be()
    {
        var sarah = await SignedInAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4 * Most).Select(_ => CreateAsync(sarah)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(Most);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
        {
            await Task.FromResult(refused).ShouldBeRefusedAsync(HttpStatusCode.Conflict, "workflow.too_many");
        }
    }

    [TestCase("completed", true)]
    [TestCase("cancelled", true)]
    [TestCase("paused", false)]
    public async Task A_workflow_that_is_over_makes_room_for_another(string status, bool makesRoom)
    {
        var sarah = await SignedInAsync();
        var workflows = new List<Guid>();
        for (var i = 0; i < Most; i++)
        {
            workflows.Add(await WorkflowOfAsync(sarah));
        }

        (await sarah.PatchAsync(workflows[0], new { status })).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var another = await CreateAsync(sarah);
        another.StatusCode.ShouldBe(makesRoom ? HttpStatusCode.Created : HttpStatusCode.Conflict);
    }

    [Test]
    public async Task Workflows_that_others_made_use_up_nobodys_places()
    {
        var (sarah, marco) = (await SignedInAsync(), await SignedInAsync("Marco"));
        for (var i = 0; i < Most; i++)
        {
            await AddAsync(marco, await WorkflowOfAsync(marco), sarah, "owner");
        }

        using var own = await CreateAsync(sarah);

        own.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Test]
    public async Task Of_many_people_brought_in_at_once_only_so_many_get_in()
    {
        var sarah = await SignedInAsync();
        var workflow = await WorkflowOfAsync(sarah);
        var others = await Task.WhenAll(Enumerable.Range(0, 2 * Most).Select(i => SignedInAsync($"Person {i}")));

        var answers = await Task.WhenAll(others.Select(other => AddAnswerAsync(sarah, workflow, other)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(Most - 1);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
        {
            await Task.FromResult(refused).ShouldBeRefusedAsync(HttpStatusCode.Conflict, "participant.too_many");
        }
    }

    [Test]
    public async Task Whoever_goes_makes_room_for_another_participant()
    {
        var sarah = await SignedInAsync();
        var workflow = await WorkflowOfAsync(sarah);
        var (marco, nadia, olga) = (await SignedInAsync("Marco"), await SignedInAsync("Nadia"), await SignedInAsync("Olga"));
        await AddAsync(sarah, workflow, marco);
        await AddAsync(sarah, workflow, nadia);
        await AddAnswerAsync(sarah, workflow, olga).ShouldBeRefusedAsync(HttpStatusCode.Conflict, "participant.too_many");

        await marco.Http.DeleteAsync($"/api/v1/workflows/{workflow}/participants/{marco.Id}").ShouldBeNoContentAsync();

        await AddAsync(sarah, workflow, olga);
    }

    private static Task<HttpResponseMessage> CreateAsync(TestUser user) =>
        user.Http.PostAsJsonAsync("/api/v1/workflows", new { title = "Plan the mobile app" });

    private static Task<HttpResponseMessage> AddAnswerAsync(TestUser owner, Guid workflow, TestUser added) =>
        owner.Http.PostAsJsonAsync($"/api/v1/workflows/{workflow}/participants", new { email = added.Email, role = "contributor" });
}
