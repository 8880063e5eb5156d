using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Domain.UnitTests.Sessions;

public sealed class SessionTests
{
    private static readonly TokenFamilyId Family = TokenFamilyId.New(Given.Now);
    private static readonly NodeId Node = NodeId.New(Given.Now);
    private static readonly WorkflowId Joined = WorkflowId.New(Given.Now);

    [Test]
    public void Reconnect_ShouldTakeTheNewConnectionAndForgetTheDrop()
    {
        var session = Given.Session().Stored(stored => stored.DisconnectedAt, Given.Now);

        session.Reconnect(Family, "Safari", "connection-2", Node, Given.Later);

        (session.FamilyId, session.Device, session.ConnectionId, session.NodeId, session.DisconnectedAt, session.LastActivityAt)
            .ShouldBe((Family, "Safari", "connection-2", Node, null, Given.Later));
    }

    [Test]
    public void Reconnect_ShouldKeepWhatIsJoined()
    {
        var session = Given.Session(SessionState.Empty.Join(Joined));

        session.Reconnect(Family, "Safari", "connection-2", Node, Given.Later);

        session.State.ActiveWorkflowId.ShouldBe(Joined);
    }

    [Test]
    public void MoveTo_ShouldBelongToTheOtherSignIn()
    {
        var session = Given.Session();
        var version = session.Version;

        session.MoveTo(Family);

        (session.FamilyId, session.Version).ShouldBe((Family, version + 1));
    }

    [Test]
    public void MoveTo_WhenItBelongsThereAlready_ShouldChangeNothing()
    {
        var session = Given.Session();
        var version = session.Version;

        session.MoveTo(session.FamilyId);

        session.Version.ShouldBe(version);
    }

    [Test]
    public void MoveTo_WhenEnded_ShouldRefuse()
    {
        var session = Given.Session();
        session.End(SessionEndReason.Revoked, Given.Now);

        Should.Throw<DomainException>(() => session.MoveTo(Family)).Code.ShouldBe("session.ended");
    }

    [Test]
    public void Succeed_ShouldCarryTheCheckpointOverToANewSessionOfTheSameUser()
    {
        var session = Given.Session(SessionState.Empty.Join(Joined));

        var successor = session.Succeed(Family, "Safari", "connection-2", Node, Given.Later);

        (successor.UserId, successor.State).ShouldBe((session.UserId, session.State));
        successor.Id.ShouldNotBe(session.Id);
    }

    [Test]
    public void Succeed_ShouldEndTheOldSessionAsReplacedAndPointToTheNewOne()
    {
        var session = Given.Session();

        var successor = session.Succeed(Family, "Safari", "connection-2", Node, Given.Later);

        (session.EndReason, session.EndedAt, session.SuccessorId)
            .ShouldBe((SessionEndReason.Replaced, Given.Later, successor.Id));
    }

    [Test]
    public void Join_ShouldMakeTheWorkflowActiveAndCountAsActivity()
    {
        var session = Given.Session();

        session.Join(Joined, Given.Later);

        (session.State.ActiveWorkflowId, session.LastActivityAt).ShouldBe((Joined, Given.Later));
    }

    [Test]
    public void Leave_ShouldForgetTheWorkflowAndCountAsActivity()
    {
        var session = Given.Session(SessionState.Empty.Join(Joined));

        session.Leave(Joined, Given.Later);

        (session.State, session.LastActivityAt).ShouldBe((SessionState.Empty, Given.Later));
    }

    [Test]
    public void Extend_ShouldStartTheIdleLimitAnew()
    {
        var session = Given.Session();

        session.Extend(Given.Later);

        session.ExpiresAt(TimeSpan.FromMinutes(30)).ShouldBe(Given.Later.AddMinutes(30));
    }

    [Test]
    public void End_ShouldTakeItsConnectionAway()
    {
        var session = Given.Session();

        session.End(SessionEndReason.Revoked, Given.Later);

        (session.ConnectionId, session.NodeId, session.DisconnectedAt).ShouldBe((null, null, Given.Later));
    }

    [Test]
    public void End_WhenTheConnectionHadDroppedBefore_ShouldKeepThatTime()
    {
        var session = Given.Session().Stored(stored => stored.DisconnectedAt, Given.Now);

        session.End(SessionEndReason.Expired, Given.Later);

        session.DisconnectedAt.ShouldBe(Given.Now);
    }

    [Test]
    public void End_WhenItHasEnded_ShouldKeepTheFirstReasonTimeAndVersion()
    {
        var session = Given.Session();
        session.End(SessionEndReason.LoggedOut, Given.Now);

        session.End(SessionEndReason.Expired, Given.Later);

        (session.EndReason, session.EndedAt, session.Version).ShouldBe((SessionEndReason.LoggedOut, Given.Now, 2));
    }

    [TestCaseSource(nameof(Changes))]
    public void Every_change_grows_the_version_by_one(Action<Session> change)
    {
        var session = Given.Session();

        change(session);

        session.Version.ShouldBe(2);
    }

    [TestCaseSource(nameof(ChangesRefusedOnceEnded))]
    public void A_session_that_has_ended_refuses_every_change(Action<Session> change)
    {
        var session = Given.Session();
        session.End(SessionEndReason.Revoked, Given.Now);

        var refused = () => change(session);

        var refusal = refused.ShouldThrow<DomainException>();
        (refusal.Code, refusal.Kind).ShouldBe(("session.ended", ErrorKind.Gone));
    }

    [Test]
    public void ThrowIfChangedSince_WhenTheVersionIsAnother_ShouldRefuse()
    {
        var session = Given.Session();

        var stale = () => session.ThrowIfChangedSince(session.Version - 1);

        stale.ShouldBeRefusedWith("session.conflict");
    }

    [Test]
    public void ThrowIfChangedSince_WhenTheVersionIsTheSameOrOfNoInterest_ShouldPass()
    {
        var session = Given.Session();

        Should.NotThrow(() => session.ThrowIfChangedSince(session.Version));
        Should.NotThrow(() => session.ThrowIfChangedSince(null));
    }

    private static IEnumerable<TestCaseData<Action<Session>>> ChangesRefusedOnceEnded()
    {
        yield return Named("Join", session => session.Join(Joined, Given.Later));
        yield return Named("Leave", session => session.Leave(Joined, Given.Later));
        yield return Named("Extend", session => session.Extend(Given.Later));
        yield return Named("Reconnect", session => session.Reconnect(Family, "Safari", "connection-2", Node, Given.Later));
    }

    private static IEnumerable<TestCaseData<Action<Session>>> Changes() =>
        [
            .. ChangesRefusedOnceEnded(),
            Named("End", session => session.End(SessionEndReason.Revoked, Given.Later)),
            Named("Succeed", session => session.Succeed(Family, "Safari", "connection-2", Node, Given.Later)),
        ];

    private static TestCaseData<Action<Session>> Named(string name, Action<Session> change) =>
        new(change) { TestName = $"{{m}}({name})" };
}
