using System.CommandLine;
using System.Globalization;
using BmadServer.Infrastructure;
using BmadServer.Infrastructure.Auth;
using BmadServer.Infrastructure.Persistence;
using BmadServer.Infrastructure.Realtime;
using BmadServer.Web.Hosting;

namespace BmadServer.Web.Commands;

internal static class CheckCommand
{
    private const string Ok = "ok";
    private const string Failed = "failed";
    private const string Skipped = "skipped";

    public static Command Create(CommandRunner runner)
    {
        var command = new Command(
            "check",
            """
            Says in one line each whether the configuration can be used, the database answers and has this version's schema, Redis answers
            where it is configured, and the database's clock agrees with this machine's. Changes nothing in the database. Ends with 1 when
            one of them is not so.
            """
        );
        runner.Set(
            command,
            async (_, cancellationToken) =>
            {
                List<CheckLine> lines = [.. await CheckServerAsync(runner, cancellationToken)];
                lines.Insert(lines.Count - 1, await CheckRedisAsync(runner.Settings, cancellationToken));
                return new CheckReport(lines.All(line => line.Status != Failed), lines);
            },
            (report, output) =>
            {
                var width = report.Checks.Max(line => line.Name.Length);
                foreach (var line in report.Checks)
                {
                    output.WriteLine(TextTable.Printable($"{line.Name.PadRight(width)}  {line.Status.PadRight(Skipped.Length)}  {line.Detail}"));
                }
            },
            report => report.Ok
        );
        return command;
    }

    private static async Task<IReadOnlyList<CheckLine>> CheckServerAsync(CommandRunner runner, CancellationToken cancellationToken)
    {
        WebApplication app;
        try
        {
            app = runner.Build();
        }
        catch (StartupException refusal)
        {
            const string reason = "the configuration cannot be used";
            return [new("configuration", Failed, refusal.Message), Unseen("database", reason), Unseen("schema", reason), Unseen("clock", reason)];
        }

        await using (app)
        {
            await using var scope = app.Services.CreateAsyncScope();
            var keys = scope.ServiceProvider.GetRequiredService<SigningKeyRotation>();
            var database = scope.ServiceProvider.GetRequiredService<DatabaseInspection>();
            var key = keys.IsConfigured ? "the signing key is configured" : $"the signing key is in {keys.Directory}";
            var answer = await AskAsync("database", () => database.DescribeAsync(cancellationToken));
            var isThere = answer.Status == Ok;
            const string reason = "the database does not answer";
            return
            [
                new("configuration", Ok, key),
                answer,
                isThere ? await AskAsync("schema", () => database.SchemaAsync(cancellationToken)) : Unseen("schema", reason),
                isThere ? await AskAsync("clock", () => ClockAsync(database, cancellationToken)) : Unseen("clock", reason),
            ];
        }

        static CheckLine Unseen(string name, string reason) => new(name, Skipped, $"not looked at: {reason}");
    }

    private static async Task<CheckLine> AskAsync(string name, Func<Task<string>> ask)
    {
        try
        {
            return new CheckLine(name, Ok, await ask());
        }
        catch (DatabaseInspectionException failure)
        {
            return new CheckLine(name, Failed, failure.Message);
        }
    }

    private static async Task<string> ClockAsync(DatabaseInspection database, CancellationToken cancellationToken)
    {
        if (await database.ClockDifferenceAsync(cancellationToken) is not { } difference)
        {
            return "the database has no clock of its own";
        }

        var milliseconds = difference.Duration().TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
        var text = $"the database is {milliseconds} ms {(difference < TimeSpan.Zero ? "behind" : "ahead")}";
        return difference.Duration() <= AccessTokenClaims.ClockSkew
            ? text
            : throw new DatabaseInspectionException(
                $"{text}; at most {AccessTokenClaims.ClockSkew.Seconds} s are allowed for: set the clocks right (NTP)"
            );
    }

    /// <summary>From the settings alone, so that it is seen to answer, or not, whatever else is wrong with them.</summary>
    private static async Task<CheckLine> CheckRedisAsync(string[] settings, CancellationToken cancellationToken)
    {
        var builder = ServerHost.CreateBuilder(settings);
        return builder.Configuration.GetConnectionString("redis") is { Length: > 0 } connectionString
            ? await RedisInspection.FindFaultAsync(connectionString, cancellationToken) is { } fault
                ? new CheckLine("redis", Failed, fault)
                : new CheckLine("redis", Ok, "it answers")
            : new CheckLine("redis", Skipped, "not configured");
    }

    private sealed record CheckReport(bool Ok, IReadOnlyList<CheckLine> Checks);

    /// <param name="Status"><c>ok</c>, <c>failed</c> or <c>skipped</c>.</param>
    private sealed record CheckLine(string Name, string Status, string Detail);
}
