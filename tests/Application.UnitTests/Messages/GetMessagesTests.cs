using BmadServer.Application.Messages;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Messages;

public sealed class GetMessagesTests
{
    private readonly World _world = new();
    private readonly Membership _launch;

    public GetMessagesTests() => _launch = _world.HasWorkflow();

    [TestCase(2, false)]
    [TestCase(3, true)]
    public async Task Handle_ShouldSayWhetherThereAreOlderOnes(int stored, bool hasMore)
    {
        _world.HasMessages(_launch, stored);

        var page = await _world.SendAsync(new GetMessages(_launch.Workflow.Id.Value, Before: null, Limit: 2));

        (page.Messages.Count, page.HasMore).ShouldBe((2, hasMore));
    }

    [Test]
    public async Task Handle_ShouldKeepNewestFirst()
    {
        _world.HasMessages(_launch, 3);

        var page = await _world.SendAsync(new GetMessages(_launch.Workflow.Id.Value, Before: null, Limit: 2));

        page.Messages.Select(message => message.Content).ShouldBe(["Number 3", "Number 2"]);
    }

    [Test]
    public async Task Handle_WhenAskedForOlderOnes_ShouldGoOnBeforeThatSequence()
    {
        var stored = _world.HasMessages(_launch, 3);

        var page = await _world.SendAsync(new GetMessages(_launch.Workflow.Id.Value, Before: stored[2].Sequence, Limit: 2));

        page.Messages.Select(message => message.Content).ShouldBe(["Number 2", "Number 1"]);
    }

    [Test]
    public async Task Handle_WhenAMessageWasDeleted_ShouldShowATombstoneInItsPlace()
    {
        var message = _world.HasMessage(_launch);
        _launch.Workflow.Delete(_launch.Participant, message, _world.Now, _world.Now);

        var page = await _world.SendAsync(new GetMessages(_launch.Workflow.Id.Value, Before: null));

        var tombstone = page.Messages.ShouldHaveSingleItem();
        (tombstone.Sequence, tombstone.Content, tombstone.DeletedAt).ShouldBe((message.Sequence, "", _world.Now));
    }

    [Test]
    public async Task Handle_WhenAStranger_ShouldNotLearnThatTheWorkflowExists() =>
        await _world
            .SendAsync(new GetMessages(_world.HasWorkflowOfOlgas().Id.Value, Before: null))
            .ShouldBeRefusedWithAsync("workflow.not_found");

    [TestCase(0, 50, "before")]
    [TestCase(1, 0, "limit")]
    [TestCase(1, 101, "limit")]
    public async Task Validate_WhenOutOfRange_ShouldNameTheField(long before, int limit, string field) =>
        await _world.SendAsync(new GetMessages(_launch.Workflow.Id.Value, before, limit)).ShouldBeInvalidInAsync(field);
}
