using Microsoft.Extensions.Time.Testing;

namespace BmadServer.Integration.Tests.Support;

/// <summary>
/// A server's clock that stands still until it is moved on. Timers fire on threads of the pool, as those of the real clock do: the base
/// class would fire them on any thread that asks for the time, in the middle of a transaction or under a lock.
/// </summary>
public sealed class TestClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    public TestClock()
        : this(new DateTimeOffset(2026, 3, 2, 9, 30, 0, TimeSpan.Zero)) { }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(_ => ThreadPool.UnsafeQueueUserWorkItem(_ => callback(state), null), null, dueTime, period);

    /// <summary>Moves on to the next sweep, and the next, until this is done: one that fails on a busy machine is made up for by another.</summary>
    public Task UntilSweptAsync(Task swept) => AdvanceUntilAsync(swept, step: TimeSpan.FromSeconds(5), every: TimeSpan.FromSeconds(1));

    /// <summary>Moves on step by step until this is done.</summary>
    /// <param name="every">How much of real time passes with a step.</param>
    public async Task AdvanceUntilAsync(Task awaited, TimeSpan step, TimeSpan every)
    {
        while (await Task.WhenAny(awaited, Task.Delay(every)) != awaited)
        {
            Advance(step);
        }

        await awaited;
    }
}
