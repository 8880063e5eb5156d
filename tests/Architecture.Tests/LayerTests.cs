using ArchUnitNET.Fluent.Syntax.Elements.Types;
using ArchUnitNET.NUnit;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace BmadServer.Architecture.Tests;

/// <summary>
/// Dependencies point inwards. These look at what the compiled code uses; a rule about something that nobody uses yet holds.
/// </summary>
public sealed class LayerTests
{
    private const string EntityFramework = @"^Microsoft\.EntityFrameworkCore(\..*)?$|^Npgsql\.EntityFrameworkCore(\..*)?$";
    private const string AspNetCore = @"^Microsoft\.AspNetCore(\..*)?$";
    private const string Drivers = @"^(Npgsql|Microsoft\.Data\.Sqlite|StackExchange\.Redis)(\..*)?$";

    [Test]
    public void Domain_uses_the_base_class_library_and_itself_only() =>
        Types()
            .That()
            .ResideInAssembly(Solution.Domain)
            .Should()
            .NotDependOnAny(AnyIn(@"^(?!(System|BmadServer\.Domain)(\.|$))."))
            .Check(Solution.Model);

    [TestCase(EntityFramework)]
    [TestCase(AspNetCore)]
    [TestCase(Drivers)]
    [TestCase(@"^BmadServer\.(Infrastructure|Web)(\..*)?$")]
    public void Application_uses_no(string namespaces) =>
        Types()
            .That()
            .ResideInAssembly(Solution.Application)
            .Should()
            .NotDependOnAny(AnyIn(namespaces))
            .Check(Solution.Model);

    [Test]
    public void Infrastructure_does_not_use_the_web() =>
        Types()
            .That()
            .ResideInAssembly(Solution.Infrastructure)
            .Should()
            .NotDependOnAny(AnyIn(@"^BmadServer\.Web(\..*)?$"))
            .WithoutRequiringPositiveResults()
            .Check(Solution.Model);

    [Test]
    public void Only_Infrastructure_uses_EF_Core() =>
        Types()
            .That()
            .DoNotResideInAssembly(Solution.Infrastructure)
            .Should()
            .NotDependOnAny(AnyIn(EntityFramework))
            .Check(Solution.Model);

    [Test]
    public void Web_works_through_use_cases_and_not_on_repositories() =>
        Types()
            .That()
            .ResideInAssembly(Solution.Web)
            .Should()
            .NotDependOnAny(
                Interfaces()
                    .That()
                    .HaveNameEndingWith("Repository")
                    .Or()
                    .HaveFullName("BmadServer.Application.Common.IUnitOfWork")
            )
            .Check(Solution.Model);

    [Test]
    public void Repositories_are_implemented_only_in_Infrastructure() =>
        Classes()
            .That()
            .AreAssignableTo(Interfaces().That().ResideInAssembly(Solution.Domain).And().HaveNameEndingWith("Repository"))
            .Should()
            .ResideInAssembly(Solution.Infrastructure)
            .WithoutRequiringPositiveResults()
            .Check(Solution.Model);

    private static GivenTypesConjunction AnyIn(string namespaces) => Types(true).That().ResideInNamespaceMatching(namespaces);
}
