using System.Text.Json;

namespace BmadServer.Fuzz.Tests.Targets;

/// <summary>One call of the REST API as the server describes it.</summary>
/// <param name="Path">With the names of its parameters in braces.</param>
/// <param name="Body">The example of the body, which names its fields; null where there is none.</param>
/// <param name="Query">The names of the parameters in the query.</param>
/// <param name="Headers">Those in headers.</param>
/// <param name="Successes">The statuses from 200 to 299 that it may have.</param>
internal sealed record RestOperation(
    HttpMethod Method,
    string Path,
    JsonElement? Body,
    IReadOnlyList<string> Query,
    IReadOnlyList<string> Headers,
    IReadOnlySet<int> Successes
)
{
    /// <summary>All that the server's own description names, so that a new one is not forgotten.</summary>
    public static IReadOnlyList<RestOperation> ReadAll(JsonElement description) =>
    [
        .. from path in description.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select Read(path.Name, operation),
    ];

    public bool ChangesPassword => Path.EndsWith("/auth/password", StringComparison.Ordinal);

    public override string ToString() => $"{Method} {Path}";

    private static RestOperation Read(string path, JsonProperty operation)
    {
        var parameters = operation.Value.TryGetProperty("parameters", out var all) ? all.EnumerateArray().ToArray() : [];
        return new RestOperation(
            HttpMethod.Parse(operation.Name),
            path,
            operation.Value.TryGetProperty("requestBody", out var body) ? ExampleOf(body) : null,
            NamesIn("query"),
            NamesIn("header"),
            operation.Value.GetProperty("responses").EnumerateObject().Select(response => int.Parse(response.Name)).Where(status => status < 300).ToHashSet()
        );

        string[] NamesIn(string place) =>
            [.. from parameter in parameters where parameter.GetProperty("in").GetString() == place select parameter.GetProperty("name").GetString()!];
    }

    private static JsonElement ExampleOf(JsonElement body) =>
        body.GetProperty("content").EnumerateObject().Single().Value.GetProperty("example");
}
