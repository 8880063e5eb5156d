using System.CommandLine;
using BmadServer.Infrastructure.Persistence;

namespace BmadServer.Web.Commands;

internal static class MigrateCommand
{
    public static Command Create(CommandRunner runner)
    {
        var command = new Command(
            "migrate",
            "Creates the database and its schema, or brings it up to date. It may run on several machines at once; one does the work."
        );
        runner.Set(
            command,
            async (_, services, cancellationToken) =>
                new Migrated(await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(cancellationToken)),
            (outcome, output) => output.WriteLine("The database is up to date.")
        );
        return command;
    }

    /// <param name="Applied">The migrations that it lacked.</param>
    private sealed record Migrated(IReadOnlyList<string> Applied);
}
