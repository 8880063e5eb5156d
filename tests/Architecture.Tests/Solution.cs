using System.Reflection;
using System.Xml.Linq;
using ArchUnitNET.Loader;
using BmadServer.Domain.Workflows;

namespace BmadServer.Architecture.Tests;

/// <summary>The product's four layers, as assemblies, as ArchUnitNET's model of them and as project files.</summary>
internal static class Solution
{
    public static readonly Assembly Domain = typeof(Workflow).Assembly;
    public static readonly Assembly Application = typeof(Application.DependencyInjection).Assembly;
    public static readonly Assembly Infrastructure = Assembly.Load("BmadServer.Infrastructure");
    public static readonly Assembly Web = Assembly.Load("BmadServer.Web");

    public static readonly ArchUnitNET.Domain.Architecture Model = new ArchLoader()
        .LoadAssemblies(Domain, Application, Infrastructure, Web)
        .Build();

    /// <summary>What a project file names as references of this kind, for example <c>PackageReference</c>.</summary>
    public static IEnumerable<string> References(string project, string kind) =>
        XDocument
            .Load(PathOf($"src/{project}/{project}.csproj"))
            .Descendants(kind)
            .Select(reference => reference.Attribute("Include")!.Value);

    /// <summary>The projects that a project file references, by name.</summary>
    public static IEnumerable<string> ProjectReferences(string project) =>
        References(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

    /// <summary>The text of a file, by its path from the repository's root.</summary>
    public static string Read(string path) => File.ReadAllText(PathOf(path));

    public static string PathOf(string path) => Path.Combine(Root(), path);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "bmadServer.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return folder.FullName;
    }
}
