namespace BmadServer.Architecture.Tests;

/// <summary>What the project files may reference: a package that is not there cannot be used.</summary>
public sealed class ProjectFileTests
{
    [TestCase("PackageReference")]
    [TestCase("ProjectReference")]
    [TestCase("FrameworkReference")]
    public void Domain_references_nothing(string kind) => Solution.References("Domain", kind).ShouldBeEmpty();

    [Test]
    public void Application_references_only_the_domain() => Solution.ProjectReferences("Application").ShouldBe(["Domain"]);

    [Test]
    public void Application_references_no_package_of_the_outer_layers() =>
        Solution
            .References("Application", "PackageReference")
            .Where(package =>
                package.Contains("EntityFrameworkCore", StringComparison.Ordinal)
                || package.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
                || package.StartsWith("Npgsql", StringComparison.Ordinal)
                || package.StartsWith("StackExchange.Redis", StringComparison.Ordinal)
            )
            .ShouldBeEmpty();

    [Test]
    public void Application_references_no_shared_framework() =>
        Solution.References("Application", "FrameworkReference").ShouldBeEmpty();

    [Test]
    public void Infrastructure_references_only_the_inner_layers() =>
        Solution.ProjectReferences("Infrastructure").ShouldBeSubsetOf(["Application", "Domain"]);
}
