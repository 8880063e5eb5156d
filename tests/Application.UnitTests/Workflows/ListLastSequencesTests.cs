using BmadServer.Application.Workflows;
using BmadServer.Domain.Workflows;
using Moq;

namespace BmadServer.Application.UnitTests.Workflows;

public sealed class ListLastSequencesTests
{
    [Test]
    public async Task Handle_WhenThereAreMany_ShouldAskInBoundedBatchesAndAnswerAll()
    {
        var world = new World();
        var ids = Enumerable.Range(0, 2_500).Select(_ => WorkflowId.New(world.Now)).ToArray();
        var largest = 0;
        world
            .Workflows.Setup(port => port.LastSequencesAsync(It.IsAny<IReadOnlyCollection<WorkflowId>>(), It.IsAny<CancellationToken>()))
            .Callback((IReadOnlyCollection<WorkflowId> batch, CancellationToken _) => largest = Math.Max(largest, batch.Count))
            .ReturnsAsync((IReadOnlyCollection<WorkflowId> batch, CancellationToken _) => batch.ToDictionary(id => id, _ => 7L));

        var lastSequences = await world.SendAsync(new ListLastSequences(ids));

        lastSequences.Keys.ShouldBe(ids, ignoreOrder: true);
        largest.ShouldBe(1_000);
    }
}
