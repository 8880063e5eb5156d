using BmadServer.Application.Sessions;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Sessions;

public sealed class GetSessionTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_ShouldShowTheSession()
    {
        var launch = _world.HasWorkflow();
        var session = _world.IsConnected(Given.Joined(launch));

        var view = await _world.SendAsync(new GetSession(session.Id.Value));

        (view.Id, view.Device, view.Connected, view.LastActivityAt, view.ExpiresAt, view.Version)
            .ShouldBe((session.Id.Value, "Firefox", true, Given.Now, Given.Now.AddMinutes(30), 1));
        view.JoinedWorkflows.ShouldBe([new JoinedWorkflow(launch.Workflow.Id.Value, launch.Workflow.LastSequence)]);
    }

    [Test]
    public async Task Handle_WhenTheActiveWorkflowWasLost_ShouldShowNoneAsActive()
    {
        var launch = _world.HasWorkflow();
        var lost = new Membership(_world.HasWorkflowOfOlgas(), launch.Participant);
        var session = _world.IsConnected(Given.Joined(launch, lost));

        (await _world.SendAsync(new GetSession(session.Id.Value))).ActiveWorkflowId.ShouldBeNull();
    }

    [Test]
    public async Task Handle_WhenSomebodyElses_ShouldNotLearnThatItExists()
    {
        var theirs = _world.Has(Given.Session(_world.Olga));

        await _world.SendAsync(new GetSession(theirs.Id.Value)).ShouldBeRefusedWithAsync("session.not_found");
    }

    [Test]
    public async Task Handle_WhenEnded_ShouldSaySo()
    {
        var session = _world.IsConnected();
        session.End(SessionEndReason.Expired, _world.Now);

        await _world.SendAsync(new GetSession(session.Id.Value)).ShouldBeRefusedWithAsync("session.ended");
    }
}
