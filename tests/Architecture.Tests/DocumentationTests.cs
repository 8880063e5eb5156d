using System.Text.RegularExpressions;

namespace BmadServer.Architecture.Tests;

/// <summary>What the documentation names is there.</summary>
public sealed partial class DocumentationTests
{
    private static IEnumerable<string> Pages =>
        Directory
            .EnumerateFiles(Solution.PathOf("docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Solution.PathOf(""), "*.md"))
            .Select(path => Path.GetRelativePath(Solution.PathOf(""), path));

    private static readonly Lazy<ILookup<string, string>> TestFiles = new(
        () =>
            Directory
                .EnumerateFiles(Solution.PathOf("tests"), "*", SearchOption.AllDirectories)
                .Concat(Directory.EnumerateFiles(Solution.PathOf("src/Web/ClientApp/src"), "*", SearchOption.AllDirectories))
                .Where(path => !path.Contains("/node_modules/", StringComparison.Ordinal))
                .ToLookup(path => Path.GetFileName(path).Split('.')[0], StringComparer.Ordinal)
    );

    [TestCaseSource(nameof(Pages))]
    public void Every_link_within_the_repository_leads_somewhere(string page)
    {
        var links = Link().Matches(WithoutCode(Solution.Read(page))).Select(link => link.Groups["target"].Value).Where(IsOwn);

        links.Where(target => !LeadsSomewhere(page, target)).ShouldBeEmpty();
    }

    [Test]
    public void Every_test_that_the_security_page_names_exists()
    {
        var named = TestName().Matches(Solution.Read("docs/security.md")).Select(name => name.Groups["name"].Value).Distinct().ToArray();

        named.Length.ShouldBeGreaterThan(20);
        named.Where(name => !TestFiles.Value.Contains(name.Split('.')[0])).ShouldBeEmpty();
    }

    private static bool IsOwn(string target) => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal);

    private static bool LeadsSomewhere(string page, string target)
    {
        var parts = target.Split('#', 2);
        var path = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, parts[0]);
        if (Directory.Exists(Solution.PathOf(path)))
        {
            return parts.Length == 1;
        }

        return File.Exists(Solution.PathOf(path))
            && (parts.Length == 1 || Heading().Matches(Solution.Read(path)).Any(heading => Anchor(heading.Groups["text"].Value) == parts[1]));
    }

    /// <summary>As GitHub makes them.</summary>
    private static string Anchor(string heading) => NotOfAnchors().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    private static string WithoutCode(string markdown) => Code().Replace(markdown, "");

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotOfAnchors();

    [GeneratedRegex("```.*?```|`[^`\n]*`", RegexOptions.Singleline)]
    private static partial Regex Code();

    /// <summary>A class of tests, or a file of browser tests.</summary>
    [GeneratedRegex(@"`(?<name>\w+Tests|[a-z-]+\.spec\.ts)`")]
    private static partial Regex TestName();
}
