using BmadServer.Application.Messages;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Messages;

public sealed class DeleteMessageTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_ShouldAcknowledgeTheDeletionAndNotThePost()
    {
        var launch = _world.HasWorkflow();
        var message = _world.HasMessage(launch);
        _world.Time.Advance(TimeSpan.FromMinutes(1));

        var ack = await _world.SendAsync(Delete(launch, message));

        (ack.MessageId, ack.Sequence, ack.CommittedAt, ack.Duplicate)
            .ShouldBe((message.Id.Value, launch.Workflow.LastSequence, _world.Now, false));
    }

    [Test]
    public async Task Handle_WhenRepeated_ShouldGiveTheFirstAckMarkedAsDuplicate()
    {
        var launch = _world.HasWorkflow();
        var message = _world.HasMessage(launch);
        var first = await _world.SendAsync(Delete(launch, message));
        _world.Time.Advance(TimeSpan.FromMinutes(1));

        (await _world.SendAsync(Delete(launch, message))).ShouldBe(first with { Duplicate = true });
    }

    [Test]
    public async Task Handle_WhenOwner_ShouldTakeAnybodysMessage()
    {
        var launch = _world.HasWorkflow(ParticipantRole.Owner);
        var message = _world.HasMessage(new Membership(launch.Workflow, _world.HasParticipant(launch, _world.Olga)));

        await _world.SendAsync(Delete(launch, message));

        message.IsDeleted.ShouldBeTrue();
    }

    [Test]
    public async Task Handle_WhenSomebodyElsesMessageAndNotOwner_ShouldRefuse()
    {
        var launch = _world.HasWorkflow(ParticipantRole.Contributor);
        var olga = await _world.Workflows.Object.FindAsync(launch.Workflow.Id, _world.Olga.Id, CancellationToken.None);

        await _world.SendAsync(Delete(launch, _world.HasMessage(olga!))).ShouldBeRefusedWithAsync("message.forbidden");
    }

    [Test]
    public async Task Handle_WhenThereIsNoSuchMessage_ShouldSaySo()
    {
        var launch = _world.HasWorkflow();
        var elsewhere = _world.HasMessage(_world.HasWorkflow());

        await _world.SendAsync(Delete(launch, elsewhere)).ShouldBeRefusedWithAsync("message.not_found");
    }

    private static DeleteMessage Delete(Membership membership, Message message) =>
        new(membership.Workflow.Id.Value, message.Id.Value);
}
