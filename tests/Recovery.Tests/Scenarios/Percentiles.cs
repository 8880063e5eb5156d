namespace BmadServer.Recovery.Tests.Scenarios;

internal static class Percentiles
{
    /// <summary>The smallest value that at least this share of all is not above.</summary>
    public static double At(this IReadOnlyCollection<double> values, double share)
    {
        var ordered = values.Order().ToArray();
        return ordered[Math.Clamp((int)Math.Ceiling(share * ordered.Length) - 1, 0, ordered.Length - 1)];
    }

    public static double Median(this IReadOnlyCollection<double> values)
    {
        var ordered = values.Order().ToArray();
        return (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }
}
