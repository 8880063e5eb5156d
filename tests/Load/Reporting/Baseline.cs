using System.Text.Json;
using BmadServer.Load.Measuring;
using BmadServer.Load.Modes;

namespace BmadServer.Load.Reporting;

/// <summary>A figure that does not depend on the machine, or only a little: a ratio of one run, or bytes.</summary>
/// <param name="Value">The median of the runs that it was taken from.</param>
/// <param name="Noise">By how much, relative to the value, it may be worse by chance alone.</param>
internal sealed record BaselineFigure(string Name, bool HigherIsBetter, double Value, double Noise);

/// <param name="Now">What it is now.</param>
internal sealed record BaselineComparison(BaselineFigure Figure, double Now)
{
    /// <summary>None of the figures can be 0: where it is, or is no number, there was nothing to measure.</summary>
    public bool IsMeasured => double.IsFinite(Now) && Now > 0;

    /// <summary>Relative to the baseline: above 0 where it is worse now.</summary>
    public double Loss => Figure.HigherIsBetter ? 1 - Now / Figure.Value : Now / Figure.Value - 1;

    /// <summary>What was not measured is no proof that nothing was lost.</summary>
    public bool IsLoss => !IsMeasured || !(Loss <= Figure.Noise);
}

/// <summary>What later runs are compared with.</summary>
internal static class Baseline
{
    /// <summary>
    /// Runs that happen to agree say little about those that will not: beside a build on the same two processors the ratio of the
    /// latencies was 31 % above that of a quiet machine.
    /// </summary>
    private const double LeastNoise = 0.35;

    /// <summary>Allocations are the same on every machine, but for what the server allocates while it has nothing to do.</summary>
    private const double AllocationNoise = 0.05;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The figures of a run that can be compared.</summary>
    public static IReadOnlyList<(string Name, bool HigherIsBetter, double Value, double? KnownNoise)> FiguresOf(RunResult run) =>
        [
            (
                "acks/s against the group-commit floor",
                true,
                Ratio(run, StandardSet.Spread, "floor group", round => round.MessagesPerSecond),
                null
            ),
            (
                "sequential ack p50 against the one-commit floor",
                false,
                Ratio(run, StandardSet.Alone, "floor commit", round => round.Acks.P50),
                null
            ),
            (
                "bytes allocated a send",
                false,
                Goals.AllocatedPerMessage(run, StandardSet.Alone),
                AllocationNoise
            ),
        ];

    /// <summary>
    /// Takes a baseline from several runs: the medians, and as noise twice the widest distance between two of them, or what is known.
    /// </summary>
    /// <exception cref="InvalidOperationException">A run has not measured one of the figures.</exception>
    public static IReadOnlyList<BaselineFigure> Take(IReadOnlyList<RunResult> runs) =>
        [
            .. runs.SelectMany(FiguresOf)
                .GroupBy(figure => (figure.Name, figure.HigherIsBetter, figure.KnownNoise))
                .Select(figure =>
                {
                    var values = figure.Select(one => one.Value).ToArray();
                    if (!values.All(value => double.IsFinite(value) && value > 0))
                    {
                        throw new InvalidOperationException($"Not every run has measured {figure.Key.Name}.");
                    }

                    var median = values.Median();
                    var noise = figure.Key.KnownNoise ?? Math.Max(LeastNoise, 2 * (values.Max() - values.Min()) / median);
                    return new BaselineFigure(figure.Key.Name, figure.Key.HigherIsBetter, median, noise);
                }),
        ];

    public static IReadOnlyList<BaselineComparison> Compare(IReadOnlyList<BaselineFigure> baseline, RunResult run)
    {
        var now = FiguresOf(run).ToDictionary(figure => figure.Name, figure => figure.Value);
        return [.. baseline.Select(figure => new BaselineComparison(figure, now[figure.Name]))];
    }

    public static string Write(IReadOnlyList<BaselineFigure> figures) => JsonSerializer.Serialize(figures, Json);

    /// <exception cref="JsonException">The text is no baseline, or not one of the figures that are compared now.</exception>
    public static IReadOnlyList<BaselineFigure> Read(string json)
    {
        var figures =
            JsonSerializer.Deserialize<IReadOnlyList<BaselineFigure>>(json, Json) ?? throw new JsonException("There is no baseline.");
        var names = FiguresOf(new RunResult()).Select(figure => figure.Name);
        if (!names.Order().SequenceEqual(figures.Select(figure => figure.Name).Order()))
        {
            throw new JsonException("Its figures are not those that are compared.");
        }

        return figures.All(figure => figure is { Value: > 0, Noise: >= 0 })
            ? figures
            : throw new JsonException("It has figures that nothing can be compared with.");
    }

    private static double Ratio(RunResult run, ClosedLoopOptions options, string floor, Func<Measurement, double> value) =>
        Statistics.MedianRatio(Of(run, options, Goals.Postgres, value), Of(run, options, floor, value));

    private static double[] Of(RunResult run, ClosedLoopOptions options, string subject, Func<Measurement, double> value) =>
        [
            .. run
                .Measurements.Where(one => one.Case == options.ToString() && one.Subject == subject)
                .OrderBy(one => one.Round)
                .Select(value),
        ];
}
