using BmadServer.Application.Workflows;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Workflows;

public sealed class AddParticipantTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_ShouldBringTheUserInWithTheRole()
    {
        var view = await _world.SendAsync(Add(_world.HasWorkflow(), role: "observer"));

        view.ShouldBe(new ParticipantView(_world.Olga.Id.Value, "Olga", ParticipantRole.Observer, _world.Now));
        _world.Workflows.Verify(port => port.Add(It.Is<Participant>(added => added.UserId == _world.Olga.Id)));
    }

    [Test]
    public async Task Handle_WhenSpacesSurroundTheAddress_ShouldTrimThem() =>
        await Should.NotThrowAsync(_world.SendAsync(Add(_world.HasWorkflow(), email: " olga@example.com ")));

    [Test]
    public async Task Handle_WhenNobodyHasTheAddress_ShouldSaySo() =>
        await _world.SendAsync(Add(_world.HasWorkflow(), email: "nobody@example.com")).ShouldBeRefusedWithAsync("user.not_found");

    [Test]
    public async Task Handle_WhenTheyAreInAlready_ShouldRefuse()
    {
        var launch = _world.HasWorkflow();
        _world.HasParticipant(launch, _world.Olga);

        await _world.SendAsync(Add(launch)).ShouldBeRefusedWithAsync("participant.exists");
    }

    [Test]
    public async Task Handle_WhenNotOwner_ShouldNotTellWhoHasAnAccount() =>
        await _world
            .SendAsync(Add(_world.HasWorkflow(ParticipantRole.Contributor), email: "nobody@example.com"))
            .ShouldBeRefusedWithAsync("workflow.forbidden");

    [Test]
    public async Task Handle_WhenPersonal_ShouldRefuse() =>
        await _world.SendAsync(Add(_world.HasPersonalWorkflow())).ShouldBeRefusedWithAsync("workflow.personal");

    [TestCase(1, true)]
    [TestCase(2, false)]
    public async Task Handle_AroundTheMostParticipants_ShouldAllowThatMany(int present, bool allowed)
    {
        var world = new World { WorkflowOptions = new WorkflowOptions { Participants = 2 } };
        var launch = world.HasWorkflow();
        world
            .Workflows.Setup(port => port.CountParticipantsAsync(launch.Workflow.Id, It.IsAny<CancellationToken>()))
            .ReturnsAsync(present);

        var add = world.SendAsync(Add(launch));

        await (allowed ? Should.NotThrowAsync(add) : add.ShouldBeRefusedWithAsync("participant.too_many"));
    }

    [TestCase(null, "observer", "email")]
    [TestCase("olga@example.com", null, "role")]
    [TestCase("olga@example.com", "Owner", "role")]
    [TestCase("olga@example.com", "admin", "role")]
    public async Task Validate_WhenAFieldIsWrong_ShouldNameIt(string? email, string? role, string field) =>
        await _world.SendAsync(Add(_world.HasWorkflow(), email, role)).ShouldBeInvalidInAsync(field);

    private static AddParticipant Add(Membership membership, string? email = "olga@example.com", string? role = "contributor") =>
        new(membership.Workflow.Id.Value, email, role);
}
