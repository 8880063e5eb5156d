using System.CommandLine;
using BmadServer.Load.Commands;

var root = new RootCommand(
    """
    Loads bmadServer and, in turn with it, hosts that do less ("floors") under the same garbage collector, and prints the ratios side by
    side. When a closed loop is over, all that the server acknowledged is held against its log by the recovery suite's checker.

    Everything runs on this machine and on 127.0.0.1, and ends with the program, also when it is interrupted. Absolute figures change
    from machine to machine; the ratios of one run are what counts. PostgreSQL is looked for in BMADSERVER_TEST_POSTGRES (an
    administrator's connection string), then in Docker, then among the local binaries.

    ./load.sh                                      the standard set, in under ten minutes
    ./load.sh closed --connections 500 --depth 8   one closed loop, the server in turn with the floors
    ./load.sh open --seconds 600                   a fixed rate for ten minutes
    ./load.sh COMMAND --help                       what else can be set

    Tables go to standard output, and with JSON and a plot to tests/Load/results. The exit code is 0 when all was measured, 1 when
    something failed or guard found a loss, and 2 when nothing was begun.
    """
)
{
    ClosedCommand.Create(),
    OpenCommand.Create(),
    IdleCommand.Create(),
    ChurnCommand.Create(),
    HistoryCommand.Create(),
    CostCommand.Create(),
    GuardCommand.Create(),
    FloorCommand.Create(),
    ReportCommand.Create(),
};
foreach (var set in SetCommand.Create())
{
    root.Subcommands.Add(set);
}

// Servers, and above all PostgreSQL, are stopped in order when the program is interrupted.
var patience = TimeSpan.FromSeconds(60);
var parsed = root.Parse(args);
var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = patience });
return parsed.Errors.Count > 0 ? ExitCodes.Misused : code;
