using System.Text.Json;

namespace BmadServer.Load.Measuring;

/// <summary>
/// The settings of .NET's garbage collector. A floor is a process of this program, whose collector is made to share the machine; beside
/// the server it has to run under the server's.
/// </summary>
internal static class GarbageCollector
{
    private const string Prefix = "System.GC.";

    /// <summary>The environment variables that set what a program's own runtimeconfig.json does; they go before any such file.</summary>
    /// <exception cref="NotSupportedException">It has a setting that is not known here, and that others would go without.</exception>
    public static IReadOnlyDictionary<string, string> SettingsOf(string runtimeConfig)
    {
        // What the runtime does unless told otherwise.
        var (server, concurrent) = (false, true);
        using var config = JsonDocument.Parse(runtimeConfig);
        if (config.RootElement.GetProperty("runtimeOptions").TryGetProperty("configProperties", out var properties))
        {
            foreach (var property in properties.EnumerateObject().Where(one => one.Name.StartsWith(Prefix, StringComparison.Ordinal)))
            {
                switch (property.Name[Prefix.Length..])
                {
                    case "Server":
                        server = property.Value.GetBoolean();
                        break;
                    case "Concurrent":
                        concurrent = property.Value.GetBoolean();
                        break;
                    default:
                        throw new NotSupportedException($"The server sets {property.Name}, and the floors would run without it.");
                }
            }
        }

        return new Dictionary<string, string>
        {
            ["DOTNET_gcServer"] = server ? "1" : "0",
            ["DOTNET_gcConcurrent"] = concurrent ? "1" : "0",
        };
    }
}
