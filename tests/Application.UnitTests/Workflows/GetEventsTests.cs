using BmadServer.Application.Workflows;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Workflows;

public sealed class GetEventsTests
{
    private readonly World _world = new();
    private readonly Workflow _workflow;
    private readonly List<WorkflowEvent> _log;

    /// <summary>A log of five events: the caller came, and wrote four times.</summary>
    public GetEventsTests()
    {
        var (workflow, owner) = Workflow.Create(_world.Me.Id, "Mia", "Launch", _world.Now);
        for (var i = 0; i < 4; i++)
        {
            workflow.Post(owner, "Hello", null, null, _world.Now, _world.Now);
        }

        _workflow = workflow;
        _log = [.. workflow.TakePendingEvents().Cast<WorkflowEvent>()];
        _world
            .Workflows.Setup(port => port.FindAsync(workflow.Id, _world.Me.Id, It.IsAny<CancellationToken>()))
            .ReturnsAsync(new Membership(workflow, owner));
        _world
            .Workflows.Setup(port =>
                port.ListEventsAsync(workflow.Id, It.IsAny<EventRange>(), It.IsAny<CancellationToken>())
            )
            .ReturnsAsync(
                (WorkflowId _, EventRange range, CancellationToken _) =>
                    [.. _log.Where(e => e.Sequence > range.After && e.Sequence <= range.UpTo).Take(range.Limit)]
            );
    }

    [TestCase(0, 2, "1 2", true)]
    [TestCase(2, 2, "3 4", true)]
    [TestCase(3, 2, "4 5", false)]
    [TestCase(0, 500, "1 2 3 4 5", false)]
    [TestCase(5, 500, "", false)]
    [TestCase(99, 500, "", false)]
    public async Task Handle_ShouldGiveThePageInOrderAndSayWhetherMoreFollows(long after, int limit, string sequences, bool hasMore)
    {
        var page = await _world.SendAsync(new GetEvents(_workflow.Id.Value, after, limit));

        (string.Join(' ', page.Events.Select(e => e.Sequence)), page.LastSequence, page.HasMore).ShouldBe((sequences, 5, hasMore));
    }

    [Test]
    public async Task Handle_ShouldReadNothingThatWasAppendedSinceItReadHowFarTheLogGoes()
    {
        await _world.SendAsync(new GetEvents(_workflow.Id.Value, After: 3));

        _world.Workflows.Verify(port =>
            port.ListEventsAsync(_workflow.Id, It.Is<EventRange>(range => range.UpTo == 5), It.IsAny<CancellationToken>())
        );
    }

    [Test]
    public async Task Handle_WhenTheTextsAreLong_ShouldEndThePageEarlyAndSayThatThereIsMore()
    {
        var launch = _world.HasWorkflow();
        WorkflowEvent[] log =
        [
            .. Enumerable
                .Range(0, 100)
                .Select(_ =>
                {
                    launch.Workflow.Post(launch.Participant, new string('x', 16_000), null, null, _world.Now, _world.Now);
                    return launch.Workflow.TakePendingEvents().OfType<MessagePosted>().Single();
                }),
        ];
        _world
            .Workflows.Setup(port =>
                port.ListEventsAsync(launch.Workflow.Id, It.IsAny<EventRange>(), It.IsAny<CancellationToken>())
            )
            .ReturnsAsync((WorkflowId _, EventRange range, CancellationToken _) => [.. log.Take(range.MaximumCharacters / 16_000)]);

        var page = await _world.SendAsync(new GetEvents(launch.Workflow.Id.Value, After: 0));

        page.Events.Count.ShouldBeInRange(1, 99);
        page.HasMore.ShouldBeTrue();
    }

    [Test]
    public async Task Handle_WhenAStranger_ShouldNotLearnThatTheWorkflowExists() =>
        await _world
            .SendAsync(new GetEvents(_world.HasWorkflowOfOlgas().Id.Value, After: 0))
            .ShouldBeRefusedWithAsync("workflow.not_found");

    [TestCase(-1, 500, "after")]
    [TestCase(0, 0, "limit")]
    [TestCase(0, 501, "limit")]
    public async Task Validate_WhenOutOfRange_ShouldNameTheField(long after, int limit, string field) =>
        await _world.SendAsync(new GetEvents(_workflow.Id.Value, after, limit)).ShouldBeInvalidInAsync(field);
}
