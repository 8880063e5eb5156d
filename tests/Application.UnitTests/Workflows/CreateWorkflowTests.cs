using BmadServer.Application.Workflows;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Workflows;

public sealed class CreateWorkflowTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_ShouldMakeAnActiveWorkflowThatTheCallerOwns()
    {
        var view = await _world.SendAsync(new CreateWorkflow("Launch"));

        (view.Title, view.Status, view.Role, view.Personal, view.LastSequence, view.CreatedAt)
            .ShouldBe(("Launch", WorkflowStatus.Active, ParticipantRole.Owner, false, 1, _world.Now));
        view.Participants.ShouldBe([new ParticipantView(_world.Me.Id.Value, "Mia", ParticipantRole.Owner, _world.Now)]);
    }

    [Test]
    public async Task Handle_ShouldStoreWhatItShows()
    {
        var view = await _world.SendAsync(new CreateWorkflow("Launch"));

        _world.Workflows.Verify(port =>
            port.Add(It.Is<Workflow>(workflow => workflow.Id.Value == view.Id), It.Is<Participant>(owner => owner.UserId == _world.Me.Id))
        );
    }

    [Test]
    public async Task Handle_WhenSpacesSurroundTheTitle_ShouldTrimThem() =>
        (await _world.SendAsync(new CreateWorkflow("  Launch "))).Title.ShouldBe("Launch");

    [Test]
    public async Task Handle_WhenTheAccountIsGone_ShouldAskToSignIn()
    {
        _world.Accounts.Setup(port => port.FindForUpdateAsync(_world.Me.Id, It.IsAny<CancellationToken>())).ReturnsAsync((User?)null);

        await _world.SendAsync(new CreateWorkflow("Launch")).ShouldBeRefusedWithAsync("auth.required");
    }

    [TestCase(1, true)]
    [TestCase(2, false)]
    public async Task Handle_AroundTheMostOpenWorkflows_ShouldAllowThatMany(int made, bool allowed)
    {
        var world = new World { WorkflowOptions = new WorkflowOptions { OpenWorkflows = 2 } };
        world.Workflows.Setup(port => port.CountOpenMadeByAsync(world.Me.Id, It.IsAny<CancellationToken>())).ReturnsAsync(made);

        var create = world.SendAsync(new CreateWorkflow("Launch"));

        await (allowed ? Should.NotThrowAsync(create) : create.ShouldBeRefusedWithAsync("workflow.too_many"));
    }

    [TestCase(null)]
    [TestCase("  ")]
    [TestCase("a\0b")]
    public async Task Validate_WhenTheTitleIsNoText_ShouldRefuseIt(string? title) =>
        await _world.SendAsync(new CreateWorkflow(title)).ShouldBeInvalidInAsync("title");

    [TestCase(200, true)]
    [TestCase(201, false)]
    public async Task Validate_AroundTheLongestTitle_ShouldAllow200Characters(int length, bool allowed)
    {
        var create = _world.SendAsync(new CreateWorkflow(new string('t', length)));

        await (allowed ? Should.NotThrowAsync(create) : create.ShouldBeInvalidInAsync("title"));
    }
}
