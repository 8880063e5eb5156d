using System.CommandLine;
using System.Text.Json;
using BmadServer.Load.Modes;
using BmadServer.Load.Reporting;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.Commands;

/// <summary>Holds a short run against a baseline that was kept.</summary>
internal static class GuardCommand
{
    private static readonly RoundOptions Sizes = new(
        Rounds: 5,
        FirstWarmUp: TimeSpan.FromSeconds(5),
        WarmUp: TimeSpan.FromSeconds(0.5),
        Time: TimeSpan.FromSeconds(2)
    );

    public static Command Create()
    {
        var file = new Option<string>("--baseline")
        {
            Description = "The file with the baseline.",
            DefaultValueFactory = _ => Path.Combine("tests", "Load", "baseline.json"),
        };
        var take = new Option<int>("--take") { Description = "Takes the baseline anew, from so many runs, instead of comparing with it." };
        var command = new Command(
            "guard",
            "A run of a minute or two that compares ratios and allocations, never times, with a baseline; fails on a loss beyond the noise, "
                + "and when it could not measure."
        )
        {
            file,
            take,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                ExitCodes.OfAsync(
                    () =>
                        parsed.GetValue(take) > 0
                            ? TakeAsync(parsed.GetValue(file)!, parsed.GetValue(take), cancellationToken)
                            : CompareAsync(parsed.GetValue(file)!, cancellationToken),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> TakeAsync(string file, int count, CancellationToken cancellationToken)
    {
        var runs = new List<RunResult>();
        while (runs.Count < count)
        {
            runs.Add(await MeasureAsync(cancellationToken));
        }

        var figures = Baseline.Take(runs);
        await File.WriteAllTextAsync(file, Baseline.Write(figures), cancellationToken);
        Progress.End();
        foreach (var figure in figures)
        {
            Console.WriteLine($"{figure.Name}: {Figure.Text(figure.Value)}, noise {figure.Noise:P0}");
        }

        return ExitCodes.Done;
    }

    private static async Task<int> CompareAsync(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            await Console.Error.WriteLineAsync($"There is no baseline {file}; --take 3 takes one.");
            return ExitCodes.Misused;
        }

        IReadOnlyList<BaselineFigure> baseline;
        try
        {
            baseline = Baseline.Read(await File.ReadAllTextAsync(file, cancellationToken));
        }
        catch (JsonException wrong)
        {
            await Console.Error.WriteLineAsync($"{file} is no baseline; --take 3 takes one. {wrong.Message}");
            return ExitCodes.Misused;
        }

        var run = await MeasureAsync(cancellationToken);
        var comparisons = Baseline.Compare(baseline, run);
        Progress.End();
        // All that was measured, for whoever wants to know more about a loss.
        Console.Write(MeasurementTable.Write(run.Measurements));
        var table = new MarkdownTable("figure", "baseline", "now", "worse by", "allowed", "");
        foreach (var one in comparisons)
        {
            var figure = one.Figure;
            table.Add(
                figure.Name,
                Figure.Text(figure.Value),
                Figure.Text(one.Now),
                $"{one.Loss:P0}",
                $"{figure.Noise:P0}",
                (one.IsMeasured, one.IsLoss) switch
                {
                    (false, _) => "NOT MEASURED",
                    (_, true) => "LOSS",
                    _ => "ok",
                }
            );
        }

        Console.Write(table);
        return comparisons.Any(one => one.IsLoss) ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static async Task<RunResult> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var laboratory = new Laboratory();
        var group = await laboratory.StartAsync(SubjectKind.Group, cancellationToken);
        var commit = await laboratory.StartAsync(SubjectKind.Commit, cancellationToken);
        var server = await laboratory.StartAsync(SubjectKind.Postgres, cancellationToken);
        // In the order of the standard set.
        var alone = await Rounds.RunAsync([(commit, StandardSet.Alone), (server, StandardSet.Alone)], Sizes, cancellationToken);
        var spread = await Rounds.RunAsync([(group, StandardSet.Spread), (server, StandardSet.Spread)], Sizes, cancellationToken);
        return new RunResult { Measurements = [.. spread.Measurements, .. alone.Measurements] };
    }
}
