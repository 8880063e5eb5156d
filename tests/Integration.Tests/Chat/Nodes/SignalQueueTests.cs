using BmadServer.Application.Common;
using BmadServer.Infrastructure.Realtime;

namespace BmadServer.Integration.Tests.Chat.Nodes;

public sealed class SignalQueueTests
{
    private static readonly TimeSpan AtOnce = TimeSpan.Zero;

    [Test]
    public async Task Of_signals_about_one_thing_the_latest_is_left()
    {
        using var queue = new SignalQueue();
        var (workflow, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        BackplaneSignal[] put = [new LogGrew(workflow, 1), new LogGrew(other, 7), new LogGrew(workflow, 2), new AccessEnded(), new AccessEnded()];

        Array.ForEach(put, signal => queue.Put(signal));

        (await queue.TakeAsync(AtOnce, default)).ShouldBe([new LogGrew(workflow, 2), new LogGrew(other, 7), new AccessEnded()], ignoreOrder: true);
        (await queue.TakeAsync(AtOnce, default)).ShouldBeEmpty();
    }

    [Test]
    public async Task More_than_it_holds_is_left_out()
    {
        using var queue = new SignalQueue();

        var put = Enumerable.Range(0, 20_000).Count(_ => queue.Put(new PresenceChanging(Guid.CreateVersion7())));

        put.ShouldBe(10_000);
        (await queue.TakeAsync(AtOnce, default)).Count.ShouldBe(10_000);
    }

    [Test]
    public async Task Whoever_waits_is_woken()
    {
        using var queue = new SignalQueue();
        var taken = queue.TakeAsync(TimeSpan.FromSeconds(20), default);

        queue.Put(new AccessEnded());

        (await taken.WaitAsync(TimeSpan.FromSeconds(10))).ShouldHaveSingleItem().ShouldBe(new AccessEnded());
    }
}
