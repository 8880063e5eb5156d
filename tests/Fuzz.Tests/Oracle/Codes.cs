using System.Text.RegularExpressions;

namespace BmadServer.Fuzz.Tests.Oracle;

/// <summary>The refusal codes that the documentation names, which are all that there may be.</summary>
internal static partial class Codes
{
    /// <summary>A fault of the server's: documented, and never an answer to a client's input.</summary>
    private const string Fault = "server.error";

    private static readonly HashSet<string> Hub = [.. Rows("hub.md").Select(row => row.Groups["code"].Value)];

    private static readonly HashSet<(string Code, int Status)> Rest =
    [
        .. Rows("rest.md").Select(row => (row.Groups["code"].Value, int.TryParse(row.Groups["status"].Value, out var status) ? status : 0)),
    ];

    /// <param name="error"><c>code: sentence</c>.</param>
    public static bool IsHubRefusal(string error) =>
        Refusal().Match(error) is { Success: true } refusal && refusal.Groups[1].Value is var code && code != Fault && Hub.Contains(code);

    public static bool IsRestRefusal(string? code, int status) => code is not null && code != Fault && Rest.Contains((code, status));

    private static MatchCollection Rows(string page)
    {
        using var stream = typeof(Codes).Assembly.GetManifestResourceStream(page)!;
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        return Row().Matches(text[text.IndexOf("\n## Refusal codes", StringComparison.Ordinal)..]);
    }

    [GeneratedRegex(@"^\| `(?<code>[a-z_]+(\.[a-z_]+)*)` \|( (?<status>\d{3}) \|)?", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();

    [GeneratedRegex(@"\A([a-z_]+(?:\.[a-z_]+)*): [^\n]+\.\z", RegexOptions.Singleline)]
    private static partial Regex Refusal();
}
