using BmadServer.Application.Workflows;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Workflows;

public sealed class UpdateWorkflowTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_WhenBothAreGiven_ShouldChangeBothAndShowThem()
    {
        var launch = _world.HasWorkflow();

        var view = await _world.SendAsync(Update(launch, " Landing ", "paused"));

        (view.Title, view.Status, view.LastSequence).ShouldBe(("Landing", WorkflowStatus.Paused, launch.Workflow.LastSequence));
    }

    [Test]
    public async Task Handle_WhenOnlyTheStatusIsGiven_ShouldKeepTheTitle()
    {
        var view = await _world.SendAsync(Update(_world.HasWorkflow(title: "Launch"), status: "completed"));

        (view.Title, view.Status).ShouldBe(("Launch", WorkflowStatus.Completed));
    }

    [Test]
    public async Task Handle_WhenOnlyTheTitleIsGiven_ShouldKeepTheStatus()
    {
        var view = await _world.SendAsync(Update(_world.HasWorkflow(status: WorkflowStatus.Paused), title: "Landing"));

        (view.Title, view.Status).ShouldBe(("Landing", WorkflowStatus.Paused));
    }

    [Test]
    public async Task Handle_WhenNotOwner_ShouldRefuse() =>
        await _world
            .SendAsync(Update(_world.HasWorkflow(ParticipantRole.Contributor), title: "Mine"))
            .ShouldBeRefusedWithAsync("workflow.forbidden");

    [Test]
    public async Task Handle_WhenTheStatusChangeIsIllegal_ShouldCommitNothing()
    {
        var closed = _world.HasWorkflow(status: WorkflowStatus.Completed);

        await _world.SendAsync(Update(closed, "Landing", "active")).ShouldBeRefusedWithAsync("workflow.illegal_status");

        _world.UnitOfWork.Commits.ShouldBe(0);
    }

    [Test]
    public async Task Handle_WhenAStranger_ShouldNotLearnThatTheWorkflowExists() =>
        await _world
            .SendAsync(new UpdateWorkflow(_world.HasWorkflowOfOlgas().Id.Value, "Mine", null))
            .ShouldBeRefusedWithAsync("workflow.not_found");

    [TestCase(null, null, "title")]
    [TestCase(" ", null, "title")]
    [TestCase(null, "Paused", "status")]
    [TestCase(null, "1", "status")]
    [TestCase(null, "archived", "status")]
    public async Task Validate_WhenNothingOrNonsenseIsAsked_ShouldNameTheField(string? title, string? status, string field) =>
        await _world.SendAsync(Update(_world.HasWorkflow(), title, status)).ShouldBeInvalidInAsync(field);

    private static UpdateWorkflow Update(Membership membership, string? title = null, string? status = null) =>
        new(membership.Workflow.Id.Value, title, status);
}
