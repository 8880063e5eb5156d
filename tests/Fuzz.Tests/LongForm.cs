using System.Globalization;
using BmadServer.Fuzz.Tests.Oracle;
using BmadServer.Fuzz.Tests.Targets;

namespace BmadServer.Fuzz.Tests;

/// <summary>As many inputs as asked for, spread over the targets, or some of one target again: <c>./test.sh fuzz</c>.</summary>
[Explicit("It takes minutes: ./test.sh fuzz.")]
[Category("Long")]
internal sealed class LongForm
{
    /// <summary>In bytes. What a million inputs may leave in caches.</summary>
    private const long HeapSlack = 96 << 20;

    private static long Inputs => Variable("BMADSERVER_FUZZ_INPUTS", 1_000_000);

    private static long Seed => Variable("BMADSERVER_FUZZ_SEED", Random.Shared.Next());

    private static long First => Variable("BMADSERVER_FUZZ_FROM", 0);

    [Test]
    public async Task No_input_breaks_or_leaks_anything()
    {
        var (inputs, seed, first) = (Inputs, Seed, First);
        var named = Environment.GetEnvironmentVariable("BMADSERVER_FUZZ_TARGET");
        var targets = string.IsNullOrEmpty(named) ? Target.All : [.. Target.All.Where(target => target.Name == named)];
        targets.ShouldNotBeEmpty($"There is no target {named}. There are: {string.Join(", ", Target.All)}");
        TestContext.Progress.WriteLine($"Seed {seed}");
        await using var run = await FuzzRun.StartAsync(seed, warmUp: 500);
        Report("| target | inputs | taken | refused | connections ended | seconds | heap after, MB | resident after, MB | threads |");
        Report("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        Report($"| before | | | | | | {Describe(run.Before)} |");
        foreach (var target in targets)
        {
            var count = targets.Count == 1 ? inputs : inputs * target.Share / 100;
            var (tally, time, after) = await run.RunAsync(target, seed, first, (int)count, HeapSlack);
            Report(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {target} | {count} | {tally.Taken} | {tally.Refused} | {tally.Closed} | {time.TotalSeconds:0} | {Describe(after)} |"
                )
            );
            if (target is RestTarget rest && first == 0 && count >= 100_000)
            {
                // Else whatever stands behind the first refusal was hardly looked at.
                run.Operations.Where(operation => !rest.Successes.ContainsKey(operation.ToString())).ShouldBeEmpty("calls that never succeeded");
            }
        }
    }

    private static string Describe(Resources resources) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{resources.HeapBytes / 1e6:0.0} | {resources.ResidentBytes / 1e6:0} | {resources.Threads}"
        );

    /// <summary>A row of a Markdown table, also for the file that <c>BMADSERVER_FUZZ_TABLE</c> names.</summary>
    private static void Report(string row)
    {
        TestContext.Progress.WriteLine(row);
        if (Environment.GetEnvironmentVariable("BMADSERVER_FUZZ_TABLE") is { Length: > 0 } file)
        {
            File.AppendAllText(file, row + "\n");
        }
    }

    private static long Variable(string name, long otherwise) =>
        long.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
