using BmadServer.Application.Workflows;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using Moq;

namespace BmadServer.Application.UnitTests.Workflows;

public sealed class RemoveParticipantTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_WhenOwner_ShouldSendAnotherAway()
    {
        var launch = _world.HasWorkflow();
        var olga = _world.HasParticipant(launch, _world.Olga);

        await _world.SendAsync(Remove(launch, _world.Olga));

        _world.Workflows.Verify(port => port.Remove(olga));
        launch.Workflow.PendingEvents.ShouldHaveSingleItem().ShouldBeOfType<ParticipantRemoved>();
    }

    [Test]
    public async Task Handle_WhenOneself_ShouldLetAnybodyGo()
    {
        var launch = _world.HasWorkflow(ParticipantRole.Observer);

        await _world.SendAsync(Remove(launch, _world.Me));

        _world.Workflows.Verify(port => port.Remove(launch.Participant));
    }

    [Test]
    public async Task Handle_WhenTheLastOwner_ShouldRefuseAndRemoveNobody()
    {
        await _world.SendAsync(Remove(_world.HasWorkflow(), _world.Me)).ShouldBeRefusedWithAsync("workflow.last_owner");

        _world.Workflows.Verify(port => port.Remove(It.IsAny<Participant>()), Times.Never);
    }

    [Test]
    public async Task Handle_WhenAnotherOwnerStays_ShouldLetAnOwnerGo()
    {
        var launch = _world.HasWorkflow();
        _world.HasParticipant(launch, _world.Olga, ParticipantRole.Owner);

        await Should.NotThrowAsync(_world.SendAsync(Remove(launch, _world.Me)));
    }

    [Test]
    public async Task Handle_WhenNotOwner_ShouldRefuseToSendAnotherAway() =>
        await _world
            .SendAsync(Remove(_world.HasWorkflow(ParticipantRole.Contributor), _world.Olga))
            .ShouldBeRefusedWithAsync("workflow.forbidden");

    [Test]
    public async Task Handle_WhenThatUserIsNotIn_ShouldSaySo() =>
        await _world.SendAsync(Remove(_world.HasWorkflow(), _world.Olga)).ShouldBeRefusedWithAsync("participant.not_found");

    private static RemoveParticipant Remove(Membership membership, User user) => new(membership.Workflow.Id.Value, user.Id.Value);
}
