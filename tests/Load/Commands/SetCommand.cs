using System.CommandLine;
using BmadServer.Load.Modes;

namespace BmadServer.Load.Commands;

/// <summary>All that there are numbers to reach for, in one run.</summary>
internal static class SetCommand
{
    public static IEnumerable<Command> Create()
    {
        yield return Create(
            "run",
            "The standard set, in under ten minutes; the table says what was shortened. What load.sh does unless told otherwise.",
            SetSizes.Standard
        );
        yield return Create(
            "full",
            "The standard set in full length: ten minutes of open loop, an hour of churn. About an hour and a half.",
            SetSizes.Full
        );
    }

    private static Command Create(string name, string description, SetSizes sizes)
    {
        var command = new Command(name, description);
        ResultArguments.Set(command, (_, laboratory, cancellationToken) => StandardSet.RunAsync(sizes, laboratory, cancellationToken));
        return command;
    }
}
