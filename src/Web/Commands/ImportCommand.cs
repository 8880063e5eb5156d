using System.CommandLine;
using BmadServer.Infrastructure.Persistence.Import;

namespace BmadServer.Web.Commands;

internal static class ImportCommand
{
    private const string Scheme = "sqlite:";

    public static Command Create(CommandRunner runner)
    {
        var from = new Option<string>("--from")
        {
            Description = "The embedded database, as sqlite:PATH. It is only read.",
            HelpName = "sqlite:PATH",
            Required = true,
        };
        from.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!token.Value.StartsWith(Scheme, StringComparison.Ordinal) || token.Value.Length == Scheme.Length))
            {
                result.AddError("--from must be sqlite:PATH.");
            }
        });
        var command = new Command(
            "import",
            """
            Copies an embedded database into the PostgreSQL database of ConnectionStrings__bmadserver, which migrate has prepared and in
            which there is nothing yet.

            All of it happens in one transaction, and before that is committed each row is compared with the source. Stop the server first:
            what it writes meanwhile would not come along, so a source on which one runs is refused.
            """
        )
        {
            from,
        };
        runner.Set(
            command,
            (parsed, services, cancellationToken) =>
                services.GetRequiredService<DatabaseImport>().RunAsync(parsed.GetRequiredValue(from)[Scheme.Length..], cancellationToken),
            (report, output) =>
            {
                TextTable.Write(output, ["TABLE", "ROWS"], report.Tables.Select(table => new[] { table.Name, $"{table.Rows}" }));
                output.WriteLine("Imported, and each row compared with the source.");
            }
        );
        return command;
    }
}
