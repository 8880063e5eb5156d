using BmadServer.Load.Modes;

namespace BmadServer.Load.UnitTests.Modes;

public sealed class DrainTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    [Test]
    public async Task What_never_comes_is_told_with_how_many_there_are()
    {
        var failure = await Should.ThrowAsync<InvalidOperationException>(() => WaitAsync(() => 3, () => { }, Short));

        failure.Message.ShouldBe("The server has not answered all sends: 3 are missing after 0.02 s.");
    }

    [Test]
    public async Task It_ends_when_all_has_come()
    {
        var left = 3;

        await WaitAsync(() => left--, () => { }, TimeSpan.FromMinutes(1));

        left.ShouldBe(-2);
    }

    [Test]
    public async Task It_ends_at_once_when_there_is_no_use_in_waiting()
    {
        var failure = await Should.ThrowAsync<InvalidOperationException>(
            () => WaitAsync(() => 3, () => throw new InvalidOperationException("The server closed a connection."), TimeSpan.FromMinutes(1))
        );

        failure.Message.ShouldBe("The server closed a connection.");
    }

    [Test]
    public async Task A_failure_of_the_last_moment_is_told_though_all_has_come() =>
        await Should.ThrowAsync<InvalidOperationException>(
            () => WaitAsync(() => 0, () => throw new InvalidOperationException("The server refused a send."), Short)
        );

    private static Task WaitAsync(Func<long> left, Action throwIfHopeless, TimeSpan patience) =>
        Drain.WaitAsync("The server has not answered all sends", left, throwIfHopeless, patience, CancellationToken.None);
}
