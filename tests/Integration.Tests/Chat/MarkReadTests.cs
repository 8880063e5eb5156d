using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

public sealed class MarkReadTests(Database database) : ChatTest(database)
{
    private Guid _workflow;
    private HubClient _client = null!;

    [SetUp]
    public async Task OpenWorkflowAsync()
    {
        _workflow = await SharedWorkflowAsync((Marco, "observer"));
        _client = await JoinedAsync(Sarah, _workflow);
        await _client.InvokeAsync("SendMessage", "One");
        await _client.InvokeAsync("SendMessage", "Two");
    }

    [Test]
    public async Task The_mark_moves_forward()
    {
        await _client.CallAsync("MarkRead", _workflow, 1);
        await _client.CallAsync("MarkRead", _workflow, 3);

        (await MarkAsync(Sarah)).ShouldBe(3);
    }

    [TestCase(0)]
    [TestCase(2)]
    [TestCase(3)]
    public async Task The_mark_never_moves_back(long earlier)
    {
        await _client.CallAsync("MarkRead", _workflow, 3);

        await _client.CallAsync("MarkRead", _workflow, earlier);

        (await MarkAsync(Sarah)).ShouldBe(3);
    }

    [TestCase(5)]
    [TestCase(long.MaxValue)]
    public async Task The_mark_does_not_go_beyond_the_newest_event(long beyond)
    {
        await _client.CallAsync("MarkRead", _workflow, beyond);

        (await MarkAsync(Sarah)).ShouldBe(4);
    }

    [Test]
    public async Task Marks_that_race_end_at_the_highest()
    {
        var second = await ConnectedAsync(Sarah);

        await Task.WhenAll(
            Enumerable.Range(0, 20).Select(call => (call % 2 == 0 ? _client : second).CallAsync("MarkRead", _workflow, call % 5))
        );

        (await MarkAsync(Sarah)).ShouldBe(4);
    }

    [Test]
    public async Task Everybody_has_a_mark_of_their_own_even_an_observer()
    {
        var observer = await ConnectedAsync(Marco);

        await observer.CallAsync("MarkRead", _workflow, 2);

        (await MarkAsync(Marco)).ShouldBe(2);
        (await MarkAsync(Sarah)).ShouldBe(0);
    }

    [Test]
    public async Task A_mark_is_no_event()
    {
        await _client.CallAsync("MarkRead", _workflow, 4);

        (await Sarah.LastSequenceAsync(_workflow)).ShouldBe(4);
    }

    [Test]
    public async Task A_negative_sequence_is_refused()
    {
        var refusal = await RefusalAsync(() => _client.CallAsync("MarkRead", _workflow, -1));

        refusal.ShouldBe("validation.failed: Sequence must be a number that is not negative.");
    }

    private async Task<long> MarkAsync(TestUser user) => (await user.GetAsync($"workflows/{_workflow}")).Number("lastReadSequence");
}
