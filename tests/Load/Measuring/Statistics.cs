namespace BmadServer.Load.Measuring;

internal static class Statistics
{
    /// <summary>The middle value; between two middle ones, their mean. Not a number when there are none.</summary>
    public static double Median(this IEnumerable<double> values)
    {
        var ordered = values.Order().ToArray();
        return ordered.Length == 0 ? double.NaN : (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }

    /// <summary>
    /// The median of the ratios of two series that were measured in turn: round by round, so that what slows both in a round falls
    /// out. Rounds that only one of them has are left out.
    /// </summary>
    public static double MedianRatio(IReadOnlyList<double> ours, IReadOnlyList<double> floor) =>
        ours.Zip(floor, (our, other) => our / other).Median();
}
