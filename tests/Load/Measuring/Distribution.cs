using HdrHistogram;

namespace BmadServer.Load.Measuring;

/// <summary>Latencies in milliseconds.</summary>
/// <param name="Curve">For a plot: the value at each of <see cref="Shares"/>.</param>
internal sealed record Distribution(long Count, double P50, double P90, double P99, double P999, double Max, IReadOnlyList<double> Curve)
{
    /// <summary>Percent, ever closer to all.</summary>
    public static IReadOnlyList<double> Shares { get; } = [0, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.975, 99.99, 100];

    public static Distribution Of(LongHistogram microseconds)
    {
        if (microseconds.TotalCount == 0)
        {
            return new Distribution(0, 0, 0, 0, 0, 0, []);
        }

        return new Distribution(
            microseconds.TotalCount,
            At(50),
            At(90),
            At(99),
            At(99.9),
            microseconds.GetMaxValue() / 1000.0,
            [.. Shares.Select(At)]
        );

        double At(double percent) => microseconds.GetValueAtPercentile(percent) / 1000.0;
    }
}
