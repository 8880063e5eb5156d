using BmadServer.Application.Workflows;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Workflows;

public sealed class LeaveWorkflowTests
{
    private readonly World _world = new();
    private readonly Membership _launch;

    public LeaveWorkflowTests() => _launch = _world.HasWorkflow();

    [Test]
    public async Task Handle_ShouldForgetTheWorkflowAndStopItsEvents()
    {
        var session = _world.IsConnected(Given.Joined(_launch));

        await _world.SendAsync(Leave(_launch));

        session.State.ShouldBe(SessionState.Empty);
        _world.Connections.Verify(port => port.UnsubscribeAsync(session.Id, _launch.Workflow.Id));
    }

    [Test]
    public async Task Handle_ShouldLeaveTheCallerAParticipant()
    {
        _world.IsConnected(Given.Joined(_launch));

        await _world.SendAsync(Leave(_launch));

        _world.Workflows.Verify(port => port.Remove(It.IsAny<Participant>()), Times.Never);
        _launch.Workflow.PendingEvents.ShouldBeEmpty();
    }

    [Test]
    public async Task Handle_WhenItIsNotOpen_ShouldLeaveTheSessionUnchanged()
    {
        var session = _world.IsConnected();

        await _world.SendAsync(Leave(_launch));

        session.Version.ShouldBe(1);
    }

    [Test]
    public async Task Handle_WhenRemovedFromAnOpenWorkflow_ShouldStillCloseIt()
    {
        var lost = new Membership(_world.HasWorkflowOfOlgas(), _launch.Participant);
        var session = _world.IsConnected(Given.Joined(lost));

        await _world.SendAsync(Leave(lost));

        session.State.ShouldBe(SessionState.Empty);
    }

    [Test]
    public async Task Handle_WhenAStranger_ShouldNotLearnThatTheWorkflowExists()
    {
        _world.IsConnected();

        await _world.SendAsync(new LeaveWorkflow(_world.HasWorkflowOfOlgas().Id.Value)).ShouldBeRefusedWithAsync("workflow.not_found");
    }

    [Test]
    public async Task Handle_WhenThereIsNoSession_ShouldRefuse() =>
        await _world.SendAsync(Leave(_launch)).ShouldBeRefusedWithAsync("session.not_found");

    private static LeaveWorkflow Leave(Membership membership) => new(membership.Workflow.Id.Value);
}
