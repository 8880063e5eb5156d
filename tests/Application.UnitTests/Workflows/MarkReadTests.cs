using BmadServer.Application.Workflows;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Workflows;

public sealed class MarkReadTests
{
    private readonly World _world = new();
    private readonly Membership _launch;

    public MarkReadTests()
    {
        _launch = _world.HasWorkflow();
        _world.HasMessage(_launch);
        _world.HasMessage(_launch);
    }

    [TestCase(2, 2)]
    [TestCase(3, 3)]
    [TestCase(4, 3)]
    [TestCase(long.MaxValue, 3)]
    public async Task Handle_ShouldMoveTheMarkButNotBeyondTheNewestEvent(long asked, long marked)
    {
        await _world.SendAsync(new MarkRead(_launch.Workflow.Id.Value, asked));

        _world.Workflows.Verify(port =>
            port.AdvanceReadMarkAsync(_launch.Workflow.Id, _world.Me.Id, marked, It.IsAny<CancellationToken>())
        );
    }

    [Test]
    public async Task Handle_WhenAStranger_ShouldNotLearnThatTheWorkflowExists() =>
        await _world.SendAsync(new MarkRead(_world.HasWorkflowOfOlgas().Id.Value, 1)).ShouldBeRefusedWithAsync("workflow.not_found");

    [TestCase(null)]
    [TestCase(-1)]
    public async Task Validate_WhenItIsNoSequence_ShouldRefuseIt(long? sequence) =>
        await _world.SendAsync(new MarkRead(_launch.Workflow.Id.Value, sequence)).ShouldBeInvalidInAsync("sequence");
}
