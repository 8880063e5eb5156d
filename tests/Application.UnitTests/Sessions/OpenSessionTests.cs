using BmadServer.Application.Common;
using BmadServer.Application.Sessions;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Sessions;

public sealed class OpenSessionTests
{
    private readonly World _world = new();
    private readonly Membership _launch;
    private readonly List<Session> _added = [];

    public OpenSessionTests()
    {
        _launch = _world.HasWorkflow();
        _world.Sessions.Setup(port => port.Add(It.IsAny<Session>())).Callback<Session>(_added.Add);
    }

    [Test]
    public async Task Handle_WhenNoneIsAskedFor_ShouldStartAFreshSession()
    {
        var opened = await _world.SendAsync(Open());

        (opened.Recovery, opened.RecoveredFrom, opened.JoinedWorkflows.Count, opened.ExpiresAt)
            .ShouldBe((SessionRecovery.None, null, 0, _world.Now.AddMinutes(30)));
    }

    [Test]
    public async Task Handle_WhenFresh_ShouldStoreWhoseItIsAndHowToReachIt()
    {
        var opened = await _world.SendAsync(Open());

        var session = _added.ShouldHaveSingleItem();
        (session.Id, session.UserId, session.FamilyId, session.Device, session.ConnectionId, session.NodeId)
            .ShouldBe((opened.Id, _world.Me.Id, _world.MyFamily!.Value, "Safari", "connection-2", _world.Node.Id));
    }

    [TestCase("")]
    [TestCase("garbage")]
    [TestCase("'; drop table sessions")]
    [TestCase("0195939f-9e5a-7000-8000-000000000000")]
    public async Task Handle_WhenTheIdIsNoSession_ShouldStartAFreshOne(string requested) =>
        (await _world.SendAsync(Open(requested))).Recovery.ShouldBe(SessionRecovery.None);

    [Test]
    public async Task Handle_WhenTheSessionIsSomebodyElses_ShouldStartAFreshOneAndLeaveTheirsAlone()
    {
        var theirs = _world.Has(Given.Session(_world.Olga, Given.Joined(_launch), droppedAt: _world.Now));

        var opened = await _world.SendAsync(Resume(theirs));

        (opened.Recovery, opened.JoinedWorkflows.Count, theirs.Version).ShouldBe((SessionRecovery.None, 0, 1));
    }

    [Test]
    public async Task Handle_WhenTheSessionWasRevoked_ShouldStartAFreshOne()
    {
        var revoked = _world.Has(Given.Session(_world.Me, Given.Joined(_launch)));
        revoked.End(SessionEndReason.Revoked, _world.Now);

        (await _world.SendAsync(Resume(revoked))).Recovery.ShouldBe(SessionRecovery.None);
    }

    [Test]
    public async Task Handle_WhenNobodyIsSignedIn_ShouldRefuse()
    {
        _world.MyFamily = null;

        await _world.SendAsync(Open()).ShouldBeRefusedWithAsync("auth.required");
    }

    [TestCase(1)]
    [TestCase(60)]
    public async Task Handle_WithinTheRecoveryWindow_ShouldGiveTheSameSessionBack(int secondsAfterDrop)
    {
        var dropped = HasDropped();
        _world.Time.Advance(TimeSpan.FromSeconds(secondsAfterDrop));

        var opened = await _world.SendAsync(Resume(dropped));

        (opened.Id, opened.Recovery, opened.RecoveredFrom).ShouldBe((dropped.Id, SessionRecovery.Live, null));
    }

    [Test]
    public async Task Handle_WhenLive_ShouldTakeTheNewConnectionAndSignIn()
    {
        var dropped = HasDropped();

        await _world.SendAsync(Resume(dropped));

        (dropped.ConnectionId, dropped.NodeId, dropped.FamilyId, dropped.Device)
            .ShouldBe(("connection-2", _world.Node.Id, _world.MyFamily!.Value, "Safari"));
    }

    [Test]
    public async Task Handle_WhenTheServerHasNotNoticedTheDrop_ShouldGiveTheSameSessionBackHoweverLongItWasHeld()
    {
        var held = _world.IsConnected();
        _world.Time.Advance(TimeSpan.FromHours(2));

        (await _world.SendAsync(Resume(held))).Recovery.ShouldBe(SessionRecovery.Live);
    }

    [Test]
    public async Task Handle_AfterTheRecoveryWindow_ShouldStartANewSessionFromTheCheckpoint()
    {
        var dropped = HasDropped();
        _world.Time.Advance(TimeSpan.FromSeconds(61));

        var opened = await _world.SendAsync(Resume(dropped));

        (opened.Recovery, opened.RecoveredFrom).ShouldBe((SessionRecovery.Checkpoint, dropped.Id));
        opened.Id.ShouldNotBe(dropped.Id);
        opened.JoinedWorkflows.ShouldHaveSingleItem().ShouldBe(new JoinedWorkflow(_launch.Workflow.Id.Value, _launch.Workflow.LastSequence));
    }

    [Test]
    public async Task Handle_WhenTheCheckpointIsTaken_ShouldEndTheOldSession()
    {
        var dropped = HasDropped();
        _world.Time.Advance(TimeSpan.FromSeconds(61));

        var opened = await _world.SendAsync(Resume(dropped));

        (dropped.EndReason, dropped.SuccessorId).ShouldBe((SessionEndReason.Replaced, opened.Id));
    }

    [Test]
    public async Task Handle_WhenTheCheckpointWasTakenBefore_ShouldGiveItsSuccessorBack()
    {
        var (oldest, successor) = HasSucceeded(HasDropped());

        var opened = await _world.SendAsync(Resume(oldest));

        (opened.Id, opened.Recovery).ShouldBe((successor.Id, SessionRecovery.Live));
    }

    [Test]
    public async Task Handle_WhenSuccessorsWereSucceededToo_ShouldGiveTheNewestBack()
    {
        var (oldest, second) = HasSucceeded(HasDropped());
        var (_, newest) = HasSucceeded(second);

        (await _world.SendAsync(Resume(oldest))).Id.ShouldBe(newest.Id);
    }

    [Test]
    public async Task Handle_JustBeforeTheIdleLimit_ShouldStillTakeTheCheckpoint()
    {
        var dropped = HasDropped();
        _world.Time.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromSeconds(1));

        (await _world.SendAsync(Resume(dropped))).Recovery.ShouldBe(SessionRecovery.Checkpoint);
    }

    [Test]
    public async Task Handle_AtTheIdleLimit_ShouldStartAFreshSession()
    {
        var dropped = HasDropped();
        _world.Time.Advance(TimeSpan.FromMinutes(30));

        var opened = await _world.SendAsync(Resume(dropped));

        (opened.Recovery, opened.JoinedWorkflows.Count).ShouldBe((SessionRecovery.None, 0));
    }

    [TestCase(30, SessionRecovery.Live)]
    [TestCase(90, SessionRecovery.Checkpoint)]
    [TestCase(1801, SessionRecovery.None)]
    public async Task Handle_WhenTheSessionsNodeDied_ShouldCountFromItsLastSignOfLife(int secondsOfSilence, SessionRecovery expected)
    {
        var orphan = _world.Has(Given.Session(_world.Me, node: NodeId.New(_world.Now)));
        _world.Time.Advance(TimeSpan.FromHours(1));
        _world
            .Sessions.Setup(port => port.FindWithHolderAsync(orphan.Id, It.IsAny<CancellationToken>()))
            .ReturnsAsync((orphan, _world.Now.AddSeconds(-secondsOfSilence)));

        (await _world.SendAsync(Resume(orphan))).Recovery.ShouldBe(expected);
    }

    [TestCase(30, SessionRecovery.Live)]
    [TestCase(90, SessionRecovery.Checkpoint)]
    public async Task Handle_WhenTheSessionsNodeIsForgotten_ShouldCountFromTheLastActivity(int secondsAgo, SessionRecovery expected)
    {
        var orphan = _world.Has(Given.Session(_world.Me, node: NodeId.New(_world.Now)));
        _world.Time.Advance(TimeSpan.FromSeconds(secondsAgo));

        (await _world.SendAsync(Resume(orphan))).Recovery.ShouldBe(expected);
    }

    [Test]
    public async Task Handle_WhenAWorkflowWasLostMeanwhile_ShouldLeaveItOut()
    {
        var lost = new Membership(_world.HasWorkflowOfOlgas(), _launch.Participant);
        var dropped = _world.Has(Given.Session(_world.Me, Given.Joined(_launch, lost), droppedAt: _world.Now));

        var opened = await _world.SendAsync(Resume(dropped));

        opened.JoinedWorkflows.ShouldHaveSingleItem().ShouldBe(new JoinedWorkflow(_launch.Workflow.Id.Value, _launch.Workflow.LastSequence));
    }

    [Test]
    public async Task Handle_WhenTwoConnectionsWantTheCheckpoint_ShouldGiveTheLoserTheWinnersSession()
    {
        var dropped = HasDropped();
        _world.Time.Advance(TimeSpan.FromSeconds(61));
        Session? winners = null;
        _world.UnitOfWork.LosesRaces(
            times: 1,
            meanwhile: () => winners = HasSucceeded(CopyOf(dropped), requested: dropped.Id).Successor
        );

        var opened = await _world.SendAsync(Resume(dropped));

        (opened.Id, opened.Recovery).ShouldBe((winners!.Id, SessionRecovery.Live));
    }

    [Test]
    public async Task Handle_WhenEveryRaceIsLost_ShouldGiveUp()
    {
        _world.UnitOfWork.LosesRaces(times: 10);

        await _world.SendAsync(Open()).ShouldThrowAsync<ConcurrentChangeException>();
    }

    private static OpenSession Open(string? requested = null) => new(requested, "Safari", "connection-2");

    private static OpenSession Resume(Session requested) => Open(requested.Id.ToString());

    /// <summary>What the winner of a race read before the loser changed its own copy.</summary>
    private Session CopyOf(Session session) => Given.Session(_world.Me, session.State, droppedAt: session.DisconnectedAt);

    private Session HasDropped() =>
        _world.Has(Given.Session(_world.Me, Given.Joined(_launch), _world.Node.Id, droppedAt: _world.Now));

    /// <summary>Its checkpoint went into a new session, whose connection was lost right away.</summary>
    private (Session Old, Session Successor) HasSucceeded(Session session, SessionId? requested = null)
    {
        var successor = session.Succeed(session.FamilyId, "Safari", "connection-3", _world.Node.Id, _world.Now);
        _world.Has(successor.Stored(stored => stored.DisconnectedAt, _world.Now));
        if (requested is { } id)
        {
            _world.Sessions.Setup(port => port.FindWithHolderAsync(id, It.IsAny<CancellationToken>())).ReturnsAsync((session, null));
        }

        return (session, successor);
    }
}
