using System.Globalization;
using BmadServer.Load.Checking;
using BmadServer.Load.Measuring;
using BmadServer.Load.Modes;

namespace BmadServer.Load.Reporting;

/// <summary>A run as Markdown: the numbers to reach first, then all that was measured.</summary>
internal static class MarkdownReport
{
    public static string Write(RunResult result) =>
        string.Concat(
                WriteHead(result),
                WriteGoals(result.Goals),
                MeasurementTable.Write(result.Measurements),
                WriteChecks(result.Checks),
                WriteOpenLoops(result.Measurements),
                WriteIdle(result.Idle),
                WriteChurn(result.Churn),
                WriteHistory(result.History),
                WriteCosts(result.Costs)
            )
            .TrimEnd() + "\n";

    private static string WriteHead(RunResult result)
    {
        var machine = result.Machine;
        var postgres = machine.Postgres is null ? "" : $", {machine.Postgres}";
        var settings = string.Join(", ", result.ServerSettings.Select(setting => $"`{setting.Key}={setting.Value}`"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            `./load.sh {result.Command}`, {result.At:yyyy-MM-dd HH:mm} UTC, {machine.System}, {machine.Runtime}{postgres},
            {machine.Processors} processors for client, server and database together. Medians of the rounds. The server's settings:
            {settings}.


            """
        );
    }

    private static MarkdownTable WriteGoals(IReadOnlyList<Goal> goals)
    {
        var table = new MarkdownTable("what", "measured", "goal", "", "");
        foreach (var goal in goals)
        {
            var value = goal.Unit.Length == 0 ? Figure.Text(goal.Value) : $"{Figure.Text(goal.Value)} {goal.Unit}";
            table.Add(goal.What, value, goal.LimitText, goal.IsMet ? "met" : "missed", goal.Remark);
        }

        return table;
    }

    private static MarkdownTable WriteChecks(IReadOnlyList<LogCheck> checks)
    {
        var table = new MarkdownTable("held against the log: nothing lost, doubled or out of order", "workflows", "acks", "events");
        foreach (var check in checks)
        {
            var (workflows, acks, events) = (Figure.Count(check.Workflows), Figure.Count(check.Acks), Figure.Count(check.Events));
            table.Add([$"{check.Subject}, {check.Case}", workflows, acks, events]);
        }

        return table;
    }

    private static MarkdownTable WriteOpenLoops(IReadOnlyList<Measurement> measurements)
    {
        var table = new MarkdownTable("from the moment that a send was due, in ms", "p50", "p90", "p99", "p99.9", "max");
        foreach (var one in measurements)
        {
            if (one is { ReceivedByAll: { } received, ClientDelays: { } delays })
            {
                Add("until it was sent: the client's own delay", delays);
                Add("until its ack", one.Acks);
                Add("until all had received it", received);
            }
        }

        return table;

        void Add(string what, Distribution values) => table.Add(what, values.P50, values.P90, values.P99, values.P999, values.Max);
    }

    private static MarkdownTable WriteIdle(IReadOnlyList<IdleMeasurement> measurements)
    {
        var table = new MarkdownTable(
            "idle connections",
            "opened a second",
            "server MB without",
            "with",
            "with, collected",
            "KB each",
            "KB each, collected"
        );
        foreach (var idle in measurements)
        {
            table.Add(
                string.Create(CultureInfo.InvariantCulture, $"{idle.Connections:#,0}, {idle.Subject}"),
                idle.ConnectionsPerSecond,
                idle.BytesBefore / Figure.Mebibyte,
                idle.BytesWith / Figure.Mebibyte,
                idle.BytesCollected / Figure.Mebibyte,
                idle.BytesEach / Figure.Kibibyte,
                idle.BytesEachCollected / Figure.Kibibyte
            );
        }

        return table;
    }

    private static MarkdownTable WriteChurn(IReadOnlyList<ChurnMeasurement> measurements)
    {
        var table = new MarkdownTable("churn", "seconds", "times", "server MB before", "after", "ratio");
        foreach (var churn in measurements)
        {
            var (before, after) = (churn.BytesBefore / Figure.Mebibyte, churn.BytesAfter / Figure.Mebibyte);
            table.Add(churn.Subject, churn.Seconds, churn.Cycles, before, after, churn.Growth);
        }

        return table;
    }

    private static MarkdownTable WriteHistory(IReadOnlyList<HistoryMeasurement> measurements)
    {
        var table = new MarkdownTable("call", "events", "p50 ms", "p99", "with a page of history: p50", "p99", "ratio of p50");
        foreach (var one in measurements)
        {
            table.Add(one.Call, one.Events, one.Long.P50, one.Long.P99, one.Short.P50, one.Short.P99, one.Ratio);
        }

        return table;
    }

    private static MarkdownTable WriteCosts(IReadOnlyList<CostMeasurement> measurements)
    {
        var table = new MarkdownTable(
            "cost of a message",
            "allocated KB",
            "commands",
            "writing transactions",
            "all transactions",
            "bytes of write-ahead log",
            "bytes to clients",
            "server µs",
            "PostgreSQL µs",
            "ack p50 ms"
        );
        foreach (var cost in measurements)
        {
            table.Add(
                cost.Subject,
                cost.AllocatedBytes / Figure.Kibibyte,
                cost.Commands,
                cost.Writes,
                cost.Transactions,
                cost.LogBytes,
                cost.ReceivedBytes,
                cost.ServerMicroseconds,
                cost.PostgresMicroseconds,
                cost.Acks.P50
            );
        }

        return table;
    }
}
