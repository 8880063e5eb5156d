using BmadServer.Fuzz.Tests.Oracle;
using BmadServer.Fuzz.Tests.Targets;

namespace BmadServer.Fuzz.Tests;

/// <summary>Some thousands of inputs with every run of the tests: the same ones each time, and as many new ones.</summary>
internal sealed class ShortForm
{
    private const long FixedSeed = 1;

    /// <summary>Of all targets, with each of the two seeds half.</summary>
    private const int Inputs = 5_000;

    /// <summary>In bytes. Caches of servers that have hardly begun still fill up.</summary>
    private const long HeapSlack = 48 << 20;

    private FuzzRun _run = null!;

    private static IEnumerable<TestCaseData> Runs() =>
        from target in Target.All
        from isNew in (bool[])[false, true]
        select new TestCaseData(target, isNew).SetArgDisplayNames(target.Name, isNew ? "new inputs" : "the same inputs");

    [OneTimeSetUp]
    public async Task StartAsync() => _run = await FuzzRun.StartAsync(FixedSeed, warmUp: 50);

    [OneTimeTearDown]
    public async Task StopAsync() => await _run.DisposeAsync();

    [TestCaseSource(nameof(Runs))]
    public async Task No_input_breaks_or_leaks_anything(Target target, bool isNew)
    {
        var seed = isNew ? Random.Shared.Next() : FixedSeed;
        TestContext.Out.WriteLine($"Seed {seed}");

        var (tally, time, after) = await _run.RunAsync(target, seed, first: 0, Math.Max(100, Inputs / 2 * target.Share / 100), HeapSlack);

        TestContext.Out.WriteLine(
            $"{tally.Taken} taken, {tally.Refused} refused, {tally.Closed} closed in {time.TotalSeconds:0.0} s. {_run.Before} -> {after}"
        );
        (tally.Refused + tally.Closed).ShouldBeGreaterThan(0);
    }
}
