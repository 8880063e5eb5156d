using BmadServer.Application.Workflows;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Workflows;

public sealed class JoinWorkflowTests
{
    private readonly World _world = new();
    private readonly Session _session;
    private readonly Membership _launch;

    public JoinWorkflowTests()
    {
        _session = _world.IsConnected();
        _launch = _world.HasWorkflow();
    }

    [Test]
    public async Task Handle_ShouldSubscribeBeforeItReads()
    {
        List<string> calls = [];
        _world.Connections.Setup(port => port.SubscribeAsync(_session.Id, _launch.Workflow.Id, _launch.Workflow.LastSequence)).Callback(() => calls.Add("subscribe"));
        _world
            .Messages.Setup(port => port.ListAsync(_launch.Workflow.Id, null, It.IsAny<int>(), It.IsAny<CancellationToken>()))
            .Callback(() => calls.Add("read"))
            .ReturnsAsync([]);

        await _world.SendAsync(Join());

        calls.ShouldBe(["subscribe", "read"]);
    }

    [Test]
    public async Task Handle_ShouldReadTheSequenceAndTheMessagesAtOneMoment()
    {
        List<bool> inOneRead = [];
        _world
            .Messages.Setup(port => port.ListAsync(_launch.Workflow.Id, null, It.IsAny<int>(), It.IsAny<CancellationToken>()))
            .Callback(() => inOneRead.Add(_world.UnitOfWork.IsReading))
            .ReturnsAsync([]);

        await _world.SendAsync(Join());

        inOneRead.ShouldBe([true]);
    }

    [Test]
    public async Task Handle_ShouldMakeTheWorkflowTheSessionsActiveOne()
    {
        await _world.SendAsync(Join());

        _session.State.ActiveWorkflowId.ShouldBe(_launch.Workflow.Id);
    }

    [Test]
    public async Task Handle_ShouldShowTheWorkflowAndWhoIsInIt()
    {
        _world.HasParticipant(_launch, _world.Olga);

        var snapshot = await _world.SendAsync(Join());

        (snapshot.Workflow.Id, snapshot.LastSequence).ShouldBe((_launch.Workflow.Id.Value, _launch.Workflow.LastSequence));
        snapshot.Participants.Select(participant => participant.Name).ShouldBe(["Mia", "Olga"]);
    }

    [Test]
    public async Task Handle_ShouldShowWhoIsOnline()
    {
        _world.Connections.Setup(port => port.OnlineIn(_launch.Workflow.Id)).Returns([_world.Me.Id, _world.Olga.Id]);

        (await _world.SendAsync(Join())).Online.ShouldBe([_world.Me.Id.Value, _world.Olga.Id.Value]);
    }

    [TestCase(50, false)]
    [TestCase(51, true)]
    public async Task Handle_ShouldShowTheNewest50MessagesAndSayWhetherThereAreMore(int stored, bool hasMore)
    {
        _world.HasMessages(_launch, stored);

        var snapshot = await _world.SendAsync(Join());

        (snapshot.Messages.Count, snapshot.Messages[0].Content, snapshot.HasMoreMessages).ShouldBe((50, $"Number {stored}", hasMore));
    }

    [Test]
    public async Task Handle_WhenAStranger_ShouldRefuseWithoutEverSubscribing()
    {
        var secret = _world.HasWorkflowOfOlgas();

        await _world.SendAsync(new JoinWorkflow(secret.Id.Value)).ShouldBeRefusedWithAsync("workflow.not_found");

        _world.Connections.Verify(port => port.SubscribeAsync(It.IsAny<SessionId>(), It.IsAny<WorkflowId>(), It.IsAny<long>()), Times.Never);
    }

    [Test]
    public async Task Handle_WhenRemovedBetweenSubscribingAndReading_ShouldTakeTheSubscriptionBack()
    {
        _world
            .Workflows.SetupSequence(port => port.FindAsync(_launch.Workflow.Id, _world.Me.Id, It.IsAny<CancellationToken>()))
            .ReturnsAsync(_launch)
            .ReturnsAsync((Membership?)null);

        await _world.SendAsync(Join()).ShouldBeRefusedWithAsync("workflow.not_found");

        _world.Connections.Verify(port => port.UnsubscribeAsync(_session.Id, _launch.Workflow.Id));
        _session.State.ShouldBe(SessionState.Empty);
    }

    [TestCase(false, 1)]
    [TestCase(true, 0)]
    public async Task Handle_WhenItCannotBeRead_ShouldCloseWhatWasNotOpenBefore(bool wasOpen, int closed)
    {
        _world
            .Connections.Setup(port => port.SubscribeAsync(_session.Id, _launch.Workflow.Id, It.IsAny<long>()))
            .ReturnsAsync(wasOpen);
        _world
            .Messages.Setup(port => port.ListAsync(_launch.Workflow.Id, null, It.IsAny<int>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new TimeoutException());

        await _world.SendAsync(Join()).ShouldThrowAsync<TimeoutException>();

        _world.Connections.Verify(port => port.UnsubscribeAsync(_session.Id, _launch.Workflow.Id), Times.Exactly(closed));
    }

    [Test]
    public async Task Handle_WhenTheSessionWasChangedAtTheSameTime_ShouldTryAgainAndStaySubscribed()
    {
        _world.UnitOfWork.LosesRaces(times: 1);

        await _world.SendAsync(Join());

        _world.UnitOfWork.Commits.ShouldBe(1);
        _world.Connections.Verify(port => port.UnsubscribeAsync(It.IsAny<SessionId>(), It.IsAny<WorkflowId>()), Times.Never);
    }

    [Test]
    public async Task Handle_WhenThereIsNoSession_ShouldRefuse()
    {
        _world.MySession = null;

        await _world.SendAsync(Join()).ShouldBeRefusedWithAsync("session.not_found");
    }

    private JoinWorkflow Join() => new(_launch.Workflow.Id.Value);
}
