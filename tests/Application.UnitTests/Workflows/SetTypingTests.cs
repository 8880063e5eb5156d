using BmadServer.Application.Workflows;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Workflows;

public sealed class SetTypingTests
{
    private readonly World _world = new();

    [TestCase(true)]
    [TestCase(false)]
    public async Task Handle_ShouldShowItToTheOthersWithTheCallersName(bool isTyping)
    {
        _world.IsConnected();
        var launch = _world.HasWorkflow(ParticipantRole.Contributor);

        await _world.SendAsync(new SetTyping(launch.Workflow.Id.Value, isTyping));

        _world.Connections.Verify(port => port.ShowTypingAsync(launch.Workflow.Id, _world.Me.Id, "Mia", isTyping));
    }

    [Test]
    public async Task Handle_WhenObserver_ShouldRefuse()
    {
        _world.IsConnected();
        var observed = _world.HasWorkflow(ParticipantRole.Observer);

        await _world.SendAsync(new SetTyping(observed.Workflow.Id.Value, true)).ShouldBeRefusedWithAsync("workflow.read_only");
    }

    [Test]
    public async Task Handle_WhenAStranger_ShouldNotLearnThatTheWorkflowExists()
    {
        _world.IsConnected();

        await _world
            .SendAsync(new SetTyping(_world.HasWorkflowOfOlgas().Id.Value, true))
            .ShouldBeRefusedWithAsync("workflow.not_found");
    }
}
