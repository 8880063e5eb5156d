using System.CommandLine;
using System.Globalization;
using BmadServer.Application.Administration;

namespace BmadServer.Web.Commands;

internal static class AuditCommands
{
    public static Command Create(CommandRunner runner) =>
        new("audit", "The audit log: who signed in, was refused, or changed who may do what.") { List(runner) };

    private static Command List(CommandRunner runner)
    {
        var user = new Option<string?>("--user") { Description = "Only what this account did, or what is about it.", HelpName = "email or id" };
        var since = new Option<string?>("--since")
        {
            Description = "Only from then on: a time such as 2026-11-23 or 2026-11-23T14:00Z, in UTC unless it says otherwise, or how long ago, such as 90m, 24h or 7d.",
            HelpName = "time or age",
        };
        since.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && Start(token.Value) is null)
            {
                result.AddError($"\"{token.Value}\" is neither a time nor an age.");
            }
        });
        var what = new Option<string?>("--what") { Description = $"Only this event: {ListAuditEntries.Events}.", HelpName = "event" };
        var limit = new Option<int>("--limit")
        {
            Description = "At most so many entries.",
            HelpName = "number",
            DefaultValueFactory = _ => ListAuditEntries.DefaultLimit,
        };
        var command = new Command(
            "list",
            """
            What the audit log says, newest first. Where there is more than the limit, that is said. Without an address it was done on the
            command line.
            """
        )
        {
            user,
            since,
            what,
            limit,
        };
        runner.SetRequest(
            command,
            parsed => new ListAuditEntries(
                parsed.GetValue(user),
                parsed.GetValue(since) is { } text ? Start(text) : null,
                parsed.GetValue(what),
                parsed.GetValue(limit)
            ),
            (list, output) =>
            {
                TextTable.Write(
                    output,
                    ["TIME", "EVENT", "OUTCOME", "WHO", "ACCOUNT", "FROM", "WORKFLOW", "DETAIL"],
                    list.Entries.Select(entry =>
                        new[]
                        {
                            TextTable.Time(entry.At),
                            entry.What,
                            entry.Outcome,
                            entry.ActorEmail ?? $"{entry.ActorId}",
                            entry.UserEmail ?? $"{entry.UserId}",
                            entry.Address ?? "command line",
                            $"{entry.WorkflowId}",
                            entry.Detail ?? "",
                        }.Select(text => text.Length == 0 ? "-" : text).ToArray()
                    )
                );
                if (list.HasMore)
                {
                    output.WriteLine("There are older ones; see --limit.");
                }
            }
        );
        return command;
    }

    /// <returns>In UTC; null for what is neither a time nor an age.</returns>
    private static DateTimeOffset? Start(string text)
    {
        var unit = text.Length > 0 ? text[^1] : ' ';
        if (unit is 'm' or 'h' or 'd' && uint.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            var age = unit switch
            {
                'm' => TimeSpan.FromMinutes(count),
                'h' => TimeSpan.FromHours(count),
                _ => TimeSpan.FromDays(count),
            };
            var now = TimeProvider.System.GetUtcNow();
            return age < now - DateTimeOffset.UnixEpoch ? now - age : DateTimeOffset.UnixEpoch;
        }

        const DateTimeStyles inUtc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, inUtc, out var time) ? time : null;
    }
}
