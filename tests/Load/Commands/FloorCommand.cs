using System.CommandLine;
using BmadServer.Load.Floors;

namespace BmadServer.Load.Commands;

internal static class FloorCommand
{
    public static Command Create()
    {
        var kind = new Argument<FloorKind>("kind")
        {
            Description = "echo: stores nothing. commit: an INSERT and a commit each. group: shared commits.",
        };
        var command = new Command(
            "floor",
            $"Runs one floor by itself, where ASPNETCORE_URLS says. {FloorHost.ConnectionString} names an empty PostgreSQL database."
        )
        {
            kind,
        };
        command.SetAction((parsed, cancellationToken) => FloorHost.RunAsync(parsed.GetValue(kind), cancellationToken));
        return command;
    }
}
