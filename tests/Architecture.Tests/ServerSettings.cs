using System.Reflection;
using System.Text.RegularExpressions;

namespace BmadServer.Architecture.Tests;

/// <summary>The environment variables that configure the server.</summary>
internal static partial class ServerSettings
{
    /// <summary>Of the framework and of the runtime, as far as the product uses or documents them.</summary>
    private static readonly string[] OfTheFramework =
    [
        "ASPNETCORE_FORWARDEDHEADERS_ENABLED",
        "ASPNETCORE_HTTP_PORTS",
        "ASPNETCORE_URLS",
        "ASPNETCORE_WEBROOT",
        "DOTNET_EnableDiagnostics",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ];

    /// <summary>Of the classes that name their section: <c>Section__Property</c>.</summary>
    public static IReadOnlyList<string> OfSections { get; } =
    [
        .. new[] { Solution.Application, Solution.Infrastructure, Solution.Web }
            .SelectMany(assembly => assembly.GetTypes())
            .Select(type => (Type: type, Section: type.GetField("Section")?.GetRawConstantValue() as string))
            .Where(options => options.Section is not null)
            .SelectMany(options =>
                options
                    .Type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                    .Where(property => property.SetMethod is not null)
                    .Select(property => $"{options.Section}__{property.Name}")
            ),
    ];

    /// <summary>Those that the code asks for one by one.</summary>
    public static IReadOnlyList<string> Single { get; } =
    [
        .. new DirectoryInfo(Solution.PathOf("src"))
            .EnumerateFiles("*.cs", SearchOption.AllDirectories)
            .Select(file => File.ReadAllText(file.FullName))
            .SelectMany(code =>
                ConnectionString().Matches(code).Select(match => $"ConnectionStrings__{match.Groups[1].Value}")
                    .Concat(Setting().Matches(code).Select(match => match.Groups[1].Value.Replace(":", "__", StringComparison.Ordinal)))
            )
            .Distinct(),
    ];

    public static IReadOnlyList<string> All { get; } = [.. OfSections, .. Single, .. OfTheFramework];

    [GeneratedRegex("""GetConnectionString\("(\w+)"\)""")]
    private static partial Regex ConnectionString();

    [GeneratedRegex("""onfiguration(?:\.GetValue(?:<\w+>)?\(|\[)"(\w+:\w+)""")]
    private static partial Regex Setting();
}
