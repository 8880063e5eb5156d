using BmadServer.Domain.Sessions;
using BmadServer.Domain.Workflows;

namespace BmadServer.Domain.UnitTests.Sessions;

public sealed class SessionStateTests
{
    private readonly WorkflowId _first = WorkflowId.New(Given.Now);
    private readonly WorkflowId _second = WorkflowId.New(Given.Now);

    [Test]
    public void ActiveWorkflowId_WhenNothingIsJoined_ShouldBeNone() => SessionState.Empty.ActiveWorkflowId.ShouldBeNull();

    [Test]
    public void Join_ShouldMakeTheWorkflowActive() =>
        SessionState.Empty.Join(_first).Join(_second).ActiveWorkflowId.ShouldBe(_second);

    [Test]
    public void Join_WhenJoinedBefore_ShouldMoveItToTheEndAndKeepItOnce() =>
        SessionState.Empty.Join(_first).Join(_second).Join(_first).JoinedWorkflows.ShouldBe([_second, _first]);

    [Test]
    public void Join_ShouldLeaveTheStateItStartedFromAsItWas()
    {
        var before = SessionState.Empty.Join(_first);

        before.Join(_second);

        before.JoinedWorkflows.ShouldBe([_first]);
    }

    [Test]
    public void Leave_WhenItWasTheActiveOne_ShouldMakeTheOneJoinedBeforeActive() =>
        SessionState.Empty.Join(_first).Join(_second).Leave(_second).ActiveWorkflowId.ShouldBe(_first);

    [Test]
    public void Leave_WhenNeverJoined_ShouldChangeNothing() =>
        SessionState.Empty.Join(_first).Leave(_second).ShouldBe(SessionState.Empty.Join(_first));

    [Test]
    public void Equals_WhenTheSameWorkflowsWereJoinedInTheSameOrder_ShouldBeTrue()
    {
        var one = SessionState.Empty.Join(_first).Join(_second);
        var other = new SessionState([_first, _second]);

        one.Equals(other).ShouldBeTrue();
        one.GetHashCode().ShouldBe(other.GetHashCode());
    }

    [Test]
    public void Equals_WhenTheOrderDiffers_ShouldBeFalse() =>
        new SessionState([_first, _second]).Equals(new SessionState([_second, _first])).ShouldBeFalse();
}
