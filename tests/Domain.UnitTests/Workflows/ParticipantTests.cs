using BmadServer.Domain.Workflows;

namespace BmadServer.Domain.UnitTests.Workflows;

public sealed class ParticipantTests
{
    [TestCase(ParticipantRole.Owner)]
    [TestCase(ParticipantRole.Contributor)]
    public void ThrowIfReadOnly_WhenTheRoleMayWrite_ShouldPass(ParticipantRole role) =>
        Should.NotThrow(WithRole(role).ThrowIfReadOnly);

    [Test]
    public void ThrowIfReadOnly_WhenObserver_ShouldRefuse()
    {
        Action write = WithRole(ParticipantRole.Observer).ThrowIfReadOnly;

        write.ShouldBeRefusedWith("workflow.read_only");
    }

    [Test]
    public void ThrowIfNotOwner_WhenOwner_ShouldPass() => Should.NotThrow(WithRole(ParticipantRole.Owner).ThrowIfNotOwner);

    [TestCase(ParticipantRole.Contributor)]
    [TestCase(ParticipantRole.Observer)]
    public void ThrowIfNotOwner_WhenNotOwner_ShouldRefuse(ParticipantRole role)
    {
        Action own = WithRole(role).ThrowIfNotOwner;

        own.ShouldBeRefusedWith("workflow.forbidden");
    }

    [Test]
    public void Actor_ShouldBeTheUserWithTheirName()
    {
        var participant = WithRole(ParticipantRole.Contributor);

        participant.Actor.ShouldBe(new Actor(participant.UserId.Value, ActorKind.User, "Carl"));
    }

    private static Participant WithRole(ParticipantRole role)
    {
        var (workflow, owner) = Given.Workflow();
        return Given.Participant(workflow, owner, role);
    }
}
