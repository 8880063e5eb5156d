using BmadServer.Application.Workflows;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Workflows;

public sealed class ListWorkflowsTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_WhenThereAreMore_ShouldPointToTheLastOneShown()
    {
        var stored = HasWorkflows("Third", "Second", "First");

        var page = await _world.SendAsync(new ListWorkflows(Cursor: null, Limit: 2));

        page.Workflows.Select(view => view.Title).ShouldBe(["Third", "Second"]);
        page.NextCursor.ShouldBe(stored[1].Workflow.Id.ToString());
    }

    [Test]
    public async Task Handle_WhenAllAreShown_ShouldPointNowhere()
    {
        HasWorkflows("Second", "First");

        (await _world.SendAsync(new ListWorkflows(Cursor: null, Limit: 2))).NextCursor.ShouldBeNull();
    }

    [Test]
    public async Task Handle_WhenThereAreNone_ShouldGiveAnEmptyPage()
    {
        HasWorkflows();

        (await _world.SendAsync(new ListWorkflows(Cursor: null))).Workflows.ShouldBeEmpty();
    }

    [Test]
    public async Task Handle_WithACursor_ShouldAskForWhatCameBeforeIt()
    {
        var before = HasWorkflows("Third")[0].Workflow.Id;

        await _world.SendAsync(new ListWorkflows(before.ToString()));

        _world.Workflows.Verify(port => port.ListAsync(_world.Me.Id, before, It.IsAny<int>(), It.IsAny<CancellationToken>()));
    }

    [TestCase("next please", 50, "cursor")]
    [TestCase(null, 0, "limit")]
    [TestCase(null, 101, "limit")]
    public async Task Validate_WhenOutOfRange_ShouldNameTheField(string? cursor, int limit, string field) =>
        await _world.SendAsync(new ListWorkflows(cursor, limit)).ShouldBeInvalidInAsync(field);

    private Membership[] HasWorkflows(params string[] titles)
    {
        Membership[] stored = [.. titles.Select(title => _world.HasWorkflow(title: title))];
        _world
            .Workflows.Setup(port =>
                port.ListAsync(_world.Me.Id, It.IsAny<WorkflowId?>(), It.IsAny<int>(), It.IsAny<CancellationToken>())
            )
            .ReturnsAsync((UserId _, WorkflowId? _, int limit, CancellationToken _) => [.. stored.Take(limit)]);
        return stored;
    }
}
