using System.Globalization;
using System.Net;
using System.Text;
using BmadServer.Load.Measuring;

namespace BmadServer.Load.Reporting;

/// <summary>A picture of a run: for each case the acks a second as bars, and the latencies by percentile as curves.</summary>
internal static class SvgPlot
{
    private const string Namespace = "http://www.w3.org/2000/svg";

    // All in pixels.
    private const int Width = 960;
    private const int PanelHeight = 300;
    private const int BarsLeft = 190;
    private const int BarsWidth = 230;
    private const int BarHeight = 22;
    private const int BarGap = 14;
    private const int CurveLeft = 560;
    private const int CurveWidth = 370;
    private const int CurveHeight = 190;
    private const int Top = 50;

    /// <summary>Told apart also by those who see few colours.</summary>
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

    /// <summary>Of <see cref="Distribution.Shares"/>, those that are named on the axis.</summary>
    private static readonly double[] Named = [50, 90, 99, 99.9];

    public static string Write(RunResult result)
    {
        var cases = result.Measurements.GroupBy(measurement => measurement.Case).ToArray();
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"""<svg xmlns="{Namespace}" width="{Width}" height="{PanelHeight * cases.Length}" font-family="sans-serif" font-size="12">"""
        );
        text.AppendLine("""<rect width="100%" height="100%" fill="white"/>""");
        for (var i = 0; i < cases.Length; i++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"""<g transform="translate(0 {i * PanelHeight})">""");
            WritePanel(text, cases[i]);
            text.AppendLine("</g>");
        }

        return text.AppendLine("</svg>").ToString();
    }

    private static void WritePanel(StringBuilder text, IGrouping<string, Measurement> one)
    {
        var subjects = one.GroupBy(measurement => measurement.Subject).Select(group => group.ToArray()).ToArray();
        Label(text, 20, 24, one.Key, "start", "font-weight=\"bold\"");
        Label(text, BarsLeft, 42, "acks/s: median, and from lowest to highest", "start");
        Label(text, CurveLeft, 42, "ms until the ack, by percentile", "start");
        WriteBars(text, subjects);
        WriteCurves(text, subjects);
    }

    private static void WriteBars(StringBuilder text, Measurement[][] subjects)
    {
        var most = subjects.Max(rounds => rounds.Max(round => round.MessagesPerSecond));
        for (var i = 0; i < subjects.Length; i++)
        {
            var rates = subjects[i].Select(round => round.MessagesPerSecond).ToArray();
            var y = Top + i * (BarHeight + BarGap);
            var middle = y + BarHeight / 2;
            Label(text, BarsLeft - 8, middle + 4, subjects[i][0].Subject, "end");
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"""<rect x="{BarsLeft}" y="{y}" width="{X(rates.Median()):0.#}" height="{BarHeight}" fill="{Colours[i % Colours.Length]}"/>"""
            );
            Line(text, BarsLeft + X(rates.Min()), middle, BarsLeft + X(rates.Max()), middle, "black");
            Label(text, BarsLeft + X(rates.Max()) + 6, middle + 4, Figure.Text(rates.Median()), "start");
        }

        double X(double rate) => rate / most * BarsWidth;
    }

    private static void WriteCurves(StringBuilder text, Measurement[][] subjects)
    {
        var curves = subjects.Select(MedianCurve).ToArray();
        var values = curves.SelectMany(curve => curve).Where(value => value > 0).DefaultIfEmpty(1).ToArray();
        var (lowest, highest) = (Math.Floor(Math.Log10(values.Min())), Math.Ceiling(Math.Log10(values.Max())));
        highest = Math.Max(highest, lowest + 1);
        for (var power = lowest; power <= highest; power++)
        {
            var y = Y(Math.Pow(10, power));
            Line(text, CurveLeft, y, CurveLeft + CurveWidth, y, "#ddd");
            Label(text, CurveLeft - 6, y + 4, Math.Pow(10, power).ToString("0.###", CultureInfo.InvariantCulture), "end");
        }

        foreach (var percent in Named)
        {
            var x = X(percent);
            Line(text, x, Top, x, Top + CurveHeight, "#ddd");
            Label(text, x, Top + CurveHeight + 16, string.Create(CultureInfo.InvariantCulture, $"p{percent}"), "middle");
        }

        for (var i = 0; i < curves.Length; i++)
        {
            var points = curves[i]
                .Select((value, at) => string.Create(CultureInfo.InvariantCulture, $"{X(Distribution.Shares[at]):0.#},{Y(value):0.#}"));
            text.AppendLine(
                $"""<polyline fill="none" stroke="{Colours[i % Colours.Length]}" stroke-width="2" points="{string.Join(' ', points)}"/>"""
            );
        }

        double Y(double value) =>
            Top + CurveHeight * (1 - (Math.Log10(Math.Max(value, Math.Pow(10, lowest))) - lowest) / (highest - lowest));
    }

    /// <summary>The same distance for each ninth tenth: 0, 90, 99, 99.9 %, and the maximum at the end.</summary>
    private static double X(double percent)
    {
        const double nines = 4;
        return CurveLeft + CurveWidth * Math.Min(nines, -Math.Log10(Math.Max(1 - percent / 100, 1e-9))) / nines;
    }

    /// <summary>At each percentile the median of the rounds.</summary>
    private static double[] MedianCurve(Measurement[] rounds)
    {
        var curves = rounds.Select(round => round.Acks.Curve).Where(curve => curve.Count == Distribution.Shares.Count).ToArray();
        return curves.Length == 0 ? [] : [.. Distribution.Shares.Select((_, at) => curves.Select(curve => curve[at]).Median())];
    }

    private static void Line(StringBuilder text, double x1, double y1, double x2, double y2, string colour) =>
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"""<line x1="{x1:0.#}" y1="{y1:0.#}" x2="{x2:0.#}" y2="{y2:0.#}" stroke="{colour}"/>"""
        );

    private static void Label(StringBuilder text, double x, double y, string label, string anchor, string more = "") =>
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"""<text x="{x:0.#}" y="{y:0.#}" text-anchor="{anchor}" {more}>{WebUtility.HtmlEncode(label)}</text>"""
        );
}
