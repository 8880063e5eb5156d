using System.Globalization;
using System.Text.RegularExpressions;

namespace BmadServer.Integration.Tests.Telemetry;

/// <summary>What <c>/metrics</c> answered, in Prometheus' text format.</summary>
internal sealed partial class Scrape(string text)
{
    private readonly (string Name, string Labels, double Value)[] _samples =
    [
        .. Sample()
            .Matches(text)
            .Select(match =>
                (match.Groups["name"].Value, match.Groups["labels"].Value, double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture))
            ),
    ];

    public string Text => text;

    public IReadOnlySet<string> Names => _samples.Select(sample => sample.Name).ToHashSet();

    /// <summary>The sum of the samples of this name that have all these labels, each written as <c>name="value"</c>; 0 without any.</summary>
    public double Sum(string name, params string[] labels) =>
        _samples.Where(sample => sample.Name == name && labels.All(label => sample.Labels.Contains(label))).Sum(sample => sample.Value);

    public override string ToString() => text;

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][\w:]*)(\{(?<labels>([^"}]|"([^"\\]|\\.)*")*)\})? (?<value>\S+)""", RegexOptions.Multiline)]
    private static partial Regex Sample();
}
