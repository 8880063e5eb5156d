using BmadServer.Application.Messages;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Messages;

public sealed class SendMessageTests
{
    private readonly World _world = new();
    private readonly Membership _launch;

    public SendMessageTests() => _launch = _world.HasWorkflow();

    private Guid LaunchId => _launch.Workflow.Id.Value;

    [Test]
    public async Task Handle_ShouldStoreTheMessageThatItAcknowledges()
    {
        var ack = await _world.SendAsync(new SendMessage("Hello", LaunchId, "key-1"));

        var stored = _world.Posted.ShouldHaveSingleItem();
        (stored.Id.Value, stored.Sequence, stored.Content, stored.AuthorId, stored.ClientMessageId)
            .ShouldBe((ack.MessageId, ack.Sequence, "Hello", _world.Me.Id.Value, "key-1"));
    }

    [Test]
    public async Task Handle_ShouldAcknowledgeWithTheNextSequenceAndBothTimes()
    {
        var next = _launch.Workflow.LastSequence + 1;
        _world.ReceivedAt = _world.Now;
        _world.Time.Advance(TimeSpan.FromMilliseconds(5));

        var ack = await _world.SendAsync(new SendMessage("Hello", LaunchId, "key-1"));

        (ack.WorkflowId, ack.Sequence, ack.ClientMessageId, ack.ReceivedAt, ack.CommittedAt, ack.Duplicate)
            .ShouldBe((LaunchId, next, "key-1", Given.Now, Given.Now.AddMilliseconds(5), false));
    }

    [Test]
    public async Task Handle_ShouldMakeTheWorkflowsOtherWritersWait()
    {
        await _world.SendAsync(new SendMessage("Hello", LaunchId));

        _world.UnitOfWork.CommittedIn.ShouldBe(_launch.Workflow.Id);
    }

    [Test]
    public async Task Handle_WhenNoWorkflowIsNamed_ShouldGoToTheSessionsActiveOne()
    {
        _world.HasPersonalWorkflow();
        _world.IsConnected(Given.Joined(_world.HasWorkflow(), _launch));

        (await _world.SendAsync(new SendMessage("Hello"))).WorkflowId.ShouldBe(LaunchId);
    }

    [Test]
    public async Task Handle_WhenNothingIsJoined_ShouldGoToThePersonalWorkflow()
    {
        var personal = _world.HasPersonalWorkflow();
        _world.IsConnected(SessionState.Empty);

        (await _world.SendAsync(new SendMessage("Hello"))).WorkflowId.ShouldBe(personal.Workflow.Id.Value);
    }

    [Test]
    public async Task Handle_WhenAWorkflowIsNamed_ShouldGoThereWhateverIsActive()
    {
        _world.IsConnected(Given.Joined(_world.HasWorkflow()));

        (await _world.SendAsync(new SendMessage("Hello", LaunchId))).WorkflowId.ShouldBe(LaunchId);
    }

    [Test]
    public async Task Handle_WhenAStranger_ShouldNotLearnThatTheWorkflowExists() =>
        await _world
            .SendAsync(new SendMessage("Hello", _world.HasWorkflowOfOlgas().Id.Value))
            .ShouldBeRefusedWithAsync("workflow.not_found");

    [Test]
    public async Task Handle_WhenObserver_ShouldRefuse()
    {
        var observed = _world.HasWorkflow(ParticipantRole.Observer);

        await _world.SendAsync(new SendMessage("Hello", observed.Workflow.Id.Value)).ShouldBeRefusedWithAsync("workflow.read_only");
    }

    [TestCase(WorkflowStatus.Completed)]
    [TestCase(WorkflowStatus.Cancelled)]
    public async Task Handle_WhenClosed_ShouldRefuse(WorkflowStatus status)
    {
        var closed = _world.HasWorkflow(status: status);

        await _world.SendAsync(new SendMessage("Hello", closed.Workflow.Id.Value)).ShouldBeRefusedWithAsync("workflow.closed");
    }

    [Test]
    public async Task Handle_WhenAReply_ShouldKeepWhatItAnswers()
    {
        var question = _world.HasMessage(_launch);

        await _world.SendAsync(new SendMessage("Yes", LaunchId, ReplyTo: question.Id.Value));

        _world.Posted.ShouldHaveSingleItem().ReplyTo.ShouldBe(question.Id);
    }

    [Test]
    public async Task Handle_WhenTheReplyIsToAMessageOfAnotherWorkflow_ShouldRefuse()
    {
        var elsewhere = _world.HasMessage(_world.HasWorkflow());

        await _world
            .SendAsync(new SendMessage("Yes", LaunchId, ReplyTo: elsewhere.Id.Value))
            .ShouldBeRefusedWithAsync("message.not_found");
    }

    [Test]
    public async Task Handle_WhenRepeated_ShouldGiveTheFirstAckMarkedAsDuplicate()
    {
        var first = _world.HasMessage(_launch, "Hello", "key-1");
        _world.ReceivedAt = _world.Now.AddDays(1);
        _world.Time.Advance(TimeSpan.FromDays(1));

        var ack = await _world.SendAsync(new SendMessage("Hello", LaunchId, "key-1"));

        ack.ShouldBe(new Ack(LaunchId, first.Id.Value, first.Sequence, "key-1", Given.Now, Given.Now, Duplicate: true));
    }

    [Test]
    public async Task Handle_WhenRepeated_ShouldPostNothing()
    {
        _world.HasMessage(_launch, "Hello", "key-1");

        await _world.SendAsync(new SendMessage("Hello", LaunchId, "key-1"));

        _world.Posted.ShouldBeEmpty();
    }

    [Test]
    public async Task Handle_WhenRepeatedAfterAnEdit_ShouldStillBeTheSameSend()
    {
        var first = _world.HasMessage(_launch, "Hello", "key-1");
        _launch.Workflow.Edit(_launch.Participant, first, "Hello, edited", _world.Now, _world.Now);

        var ack = await _world.SendAsync(new SendMessage("Hello", LaunchId, "key-1"));

        (ack.Sequence, ack.Duplicate).ShouldBe((first.Sequence, true));
    }

    [Test]
    public async Task Handle_WhenRepeatedAfterTheWorkflowWasClosed_ShouldStillGiveTheFirstAck()
    {
        _world.HasMessage(_launch, "Hello", "key-1");
        _launch.Workflow.ChangeStatus(_launch.Participant, WorkflowStatus.Completed, _world.Now);

        (await _world.SendAsync(new SendMessage("Hello", LaunchId, "key-1"))).Duplicate.ShouldBeTrue();
    }

    [Test]
    public async Task Handle_WhenRepeatedAfterTheWorkflowWasLost_ShouldStillGiveTheFirstAck()
    {
        _world.HasMessage(_launch, "Hello", "key-1");
        _world
            .Workflows.Setup(port =>
                port.FindForUpdateAsync(It.IsAny<IReadOnlyCollection<(WorkflowId, UserId)>>(), It.IsAny<CancellationToken>())
            )
            .ReturnsAsync(new Dictionary<(WorkflowId, UserId), Membership>());

        (await _world.SendAsync(new SendMessage("Hello", LaunchId, "key-1"))).Duplicate.ShouldBeTrue();
    }

    [Test]
    public async Task Handle_WhenRepeatedAsPlainTextWhileAnotherWorkflowIsActive_ShouldStillGiveTheFirstAck()
    {
        _world.HasMessage(_launch, "Hello", "key-1");
        _world.IsConnected(Given.Joined(_world.HasWorkflow()));

        (await _world.SendAsync(new SendMessage("Hello", ClientMessageId: "key-1"))).WorkflowId.ShouldBe(LaunchId);
    }

    [Test]
    public async Task Handle_WhenTheKeyIsReusedForAnotherText_ShouldRefuse()
    {
        _world.HasMessage(_launch, "Hello", "key-1");

        await _world
            .SendAsync(new SendMessage("Goodbye", LaunchId, "key-1"))
            .ShouldBeRefusedWithAsync("message.idempotency_conflict");
    }

    [Test]
    public async Task Handle_WhenTheKeyIsReusedInAnotherWorkflow_ShouldRefuse()
    {
        _world.HasMessage(_launch, "Hello", "key-1");
        var other = _world.HasWorkflow();

        await _world
            .SendAsync(new SendMessage("Hello", other.Workflow.Id.Value, "key-1"))
            .ShouldBeRefusedWithAsync("message.idempotency_conflict");
    }

    [Test]
    public async Task Handle_WhenTheKeyIsReusedForAReply_ShouldRefuse()
    {
        var question = _world.HasMessage(_launch, "Hello?");
        _world.HasMessage(_launch, "Hello", "key-1");

        await _world
            .SendAsync(new SendMessage("Hello", LaunchId, "key-1", question.Id.Value))
            .ShouldBeRefusedWithAsync("message.idempotency_conflict");
    }

    [Test]
    public async Task Handle_WhenTheKeyIsSomebodyElses_ShouldPostAsAnyOther()
    {
        var olga = new Membership(_launch.Workflow, _world.HasParticipant(_launch, _world.Olga));
        _world.HasMessage(olga, "Hello", "key-1");

        (await _world.SendAsync(new SendMessage("Hello", LaunchId, "key-1"))).Duplicate.ShouldBeFalse();
    }

    [Test]
    public async Task Handle_WhenTheSameSendWinsOnAnotherConnection_ShouldGiveTheWinnersAck()
    {
        Message? winner = null;
        _world.UnitOfWork.FindsKeyTaken(meanwhile: () => winner = _world.HasMessage(_launch, "Hello", "key-1"));

        var ack = await _world.SendAsync(new SendMessage("Hello", LaunchId, "key-1"));

        (ack.MessageId, ack.Duplicate).ShouldBe((winner!.Id.Value, true));
    }

    [Test]
    public async Task Handle_WhenAnotherSendWinsTheKeyOnAnotherConnection_ShouldRefuse()
    {
        _world.UnitOfWork.FindsKeyTaken(meanwhile: () => _world.HasMessage(_launch, "Goodbye", "key-1"));

        await _world
            .SendAsync(new SendMessage("Hello", LaunchId, "key-1"))
            .ShouldBeRefusedWithAsync("message.idempotency_conflict");
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase(" \n\t")]
    [TestCase("a\0b")]
    public async Task Validate_WhenThereIsNoText_ShouldRefuseContent(string? content) =>
        await _world.SendAsync(new SendMessage(content, LaunchId)).ShouldBeInvalidInAsync("content");

    [TestCase(16_000, true)]
    [TestCase(16_001, false)]
    public async Task Validate_AroundTheLongestMessage_ShouldAllowTheConfiguredLength(int length, bool allowed)
    {
        var send = _world.SendAsync(new SendMessage(new string('x', length), LaunchId));

        await (allowed ? Should.NotThrowAsync(send) : send.ShouldBeInvalidInAsync("content"));
    }

    [Test]
    public async Task Validate_WhenTheLimitIsConfiguredLower_ShouldKeepToIt()
    {
        var strict = new World { MessageOptions = new MessageOptions { MessageCharacters = 5 } };
        var workflow = strict.HasWorkflow().Workflow.Id.Value;

        await strict.SendAsync(new SendMessage("123456", workflow)).ShouldBeInvalidInAsync("content");
    }

    [TestCase("")]
    [TestCase(" ")]
    [TestCase("a\0b")]
    public async Task Validate_WhenTheKeyIsNoText_ShouldRefuseClientMessageId(string key) =>
        await _world.SendAsync(new SendMessage("Hello", LaunchId, key)).ShouldBeInvalidInAsync("clientMessageId");

    [TestCase(128, true)]
    [TestCase(129, false)]
    public async Task Validate_AroundTheLongestKey_ShouldAllow128Characters(int length, bool allowed)
    {
        var send = _world.SendAsync(new SendMessage("Hello", LaunchId, new string('k', length)));

        await (allowed ? Should.NotThrowAsync(send) : send.ShouldBeInvalidInAsync("clientMessageId"));
    }
}
