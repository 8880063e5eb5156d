using System.Globalization;

namespace BmadServer.Load.Reporting;

/// <summary>Numbers for people.</summary>
internal static class Figure
{
    public const double Kibibyte = 1024;
    public const double Mebibyte = 1024 * 1024;

    /// <summary>Three significant digits or so; a dash where there is nothing.</summary>
    public static string Text(double value) =>
        Math.Abs(value) switch
        {
            double.NaN => "–",
            >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
            >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
            >= 0.1 or 0 => value.ToString("0.00", CultureInfo.InvariantCulture),
            _ => value.ToString("0.0000", CultureInfo.InvariantCulture),
        };

    public static string Count(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
