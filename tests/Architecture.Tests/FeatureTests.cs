using ArchUnitNET.NUnit;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace BmadServer.Architecture.Tests;

/// <summary>Folders are features. What is common knows none of them, and the domain's build on each other in one direction.</summary>
public sealed class FeatureTests
{
    [TestCase(@"^BmadServer\.Domain\.Common$", @"^BmadServer\.Domain\.(?!Common)")]
    [TestCase(@"^BmadServer\.Domain\.Users$", @"^BmadServer\.Domain\.(?!Common|Users)")]
    [TestCase(@"^BmadServer\.Domain\.Workflows$", @"^BmadServer\.Domain\.Sessions")]
    [TestCase(@"^BmadServer\.Application\.Common(\..*)?$", @"^BmadServer\.Application\.(?!Common)")]
    public void The_inner_ones_do_not_use_the_outer_ones(string inner, string outer) =>
        Types()
            .That()
            .ResideInNamespaceMatching(inner)
            .Should()
            .NotDependOnAny(Types().That().ResideInNamespaceMatching(outer))
            .Check(Solution.Model);
}
