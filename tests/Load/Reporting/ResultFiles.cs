using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BmadServer.Load.Reporting;

/// <summary>The files of a run: one name with the endings <c>.json</c>, <c>.md</c> and <c>.svg</c>.</summary>
internal static class ResultFiles
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // What was not measured is not a number.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <returns>The JSON file.</returns>
    public static string Save(RunResult result, string folder)
    {
        Directory.CreateDirectory(folder);
        var command = result.Command.Split(' ')[0];
        var name = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{command}-{result.At:yyyyMMdd-HHmmss}"));
        File.WriteAllText($"{name}.json", Write(result));
        File.WriteAllText($"{name}.md", MarkdownReport.Write(result));
        if (result.Measurements.Count > 0)
        {
            File.WriteAllText($"{name}.svg", SvgPlot.Write(result));
        }

        return $"{name}.json";
    }

    public static string Write(RunResult result) => JsonSerializer.Serialize(result, Json);

    /// <exception cref="JsonException">The text is no result.</exception>
    public static RunResult Read(string json) =>
        JsonSerializer.Deserialize<RunResult>(json, Json) ?? throw new JsonException("There is no result.");
}
