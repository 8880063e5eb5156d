using System.CommandLine;
using BmadServer.Load.Commands;

namespace BmadServer.Load.UnitTests.Commands;

public sealed class SpreadTests
{
    [TestCase("--connections 50 --workflows 20", "--connections 50 do not spread evenly over --workflows 20.")]
    [TestCase("--connections 5", "--connections 5 do not spread evenly over --workflows 50.")]
    [TestCase("--connections x", "Cannot parse argument 'x' for option '--connections' as expected type 'System.Int32'.")]
    [TestCase("--workflows 0", "--workflows must be above 0.")]
    public void A_closed_loop_that_would_not_be_what_its_table_says_is_refused(string arguments, string error) =>
        Errors(ClosedCommand.Create(), arguments).ShouldBe([error]);

    [TestCase("--users 1000 --workflows 30", "--users 1000 do not spread evenly over --workflows 30.")]
    public void So_is_such_an_open_loop(string arguments, string error) => Errors(OpenCommand.Create(), arguments).ShouldBe([error]);

    [TestCase("")]
    [TestCase("--connections 500")]
    [TestCase("--connections 50 --workflows 25")]
    public void What_spreads_evenly_is_taken(string arguments) => Errors(ClosedCommand.Create(), arguments).ShouldBeEmpty();

    private static IEnumerable<string> Errors(Command command, string arguments) =>
        command.Parse(arguments).Errors.Select(error => error.Message);
}
