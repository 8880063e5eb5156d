using BmadServer.Load.Measuring;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.UnitTests.Measuring;

public sealed class GarbageCollectorTests
{
    [TestCase("""{"System.GC.Server":true,"System.Globalization.Invariant":true}""", "1", "1")]
    [TestCase("""{"System.GC.Server":true,"System.GC.Concurrent":false}""", "1", "0")]
    [TestCase("{}", "0", "1")]
    public void A_floor_gets_what_the_servers_file_says_and_else_what_the_runtime_does(string properties, string server, string concurrent)
    {
        var settings = GarbageCollector.SettingsOf($$$"""{"runtimeOptions":{"configProperties":{{{properties}}}}}""");

        settings.ShouldBe(
            new Dictionary<string, string> { ["DOTNET_gcServer"] = server, ["DOTNET_gcConcurrent"] = concurrent },
            ignoreOrder: true
        );
    }

    [Test]
    public void A_file_without_properties_leaves_all_to_the_runtime() =>
        GarbageCollector.SettingsOf("""{"runtimeOptions":{"tfm":"net10.0"}}""")["DOTNET_gcServer"].ShouldBe("0");

    [Test]
    public void A_setting_that_the_floors_would_go_without_is_refused() =>
        Should.Throw<NotSupportedException>(
            () => GarbageCollector.SettingsOf("""{"runtimeOptions":{"configProperties":{"System.GC.ConserveMemory":7}}}""")
        );

    [Test]
    public void Server_and_floors_are_started_with_the_servers_own() => ChildSettings.Common["DOTNET_gcServer"].ShouldBe("1");
}
