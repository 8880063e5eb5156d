using BmadServer.Load.Measuring;
using BmadServer.Load.Modes;

namespace BmadServer.Load.Reporting;

/// <summary>Reads from what was measured how far the numbers to reach were reached. What was not measured is left out.</summary>
internal static class Goals
{
    public const string Postgres = "bmadServer, PostgreSQL";
    private const string Sqlite = "bmadServer, SQLite";
    private const int Idle = 10_000;
    private const int Events = 1_000_000;
    private static readonly TimeSpan OpenLoopTime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ChurnTime = TimeSpan.FromHours(1);

    public static IReadOnlyList<Goal> Read(RunResult result) =>
        [.. Throughput(result), .. Sequential(result), .. OpenLoop(result), .. Memory(result), .. OfHistory(result)];

    /// <summary>In bytes; not a number where it was not measured, or the runtime's counter stood still in every round.</summary>
    public static double AllocatedPerMessage(RunResult result, ClosedLoopOptions options) =>
        result
            .Measurements.Where(measurement => measurement.Case == options.ToString() && measurement.Subject == Postgres)
            .Select(round => round.AllocatedPerMessage)
            .OfType<double>()
            .Median();

    private static IEnumerable<Goal> Throughput(RunResult result)
    {
        var spread = StandardSet.Spread.ToString();
        var rooms = StandardSet.Rooms.ToString();
        Func<Measurement, double> acks = round => round.MessagesPerSecond;
        if (Ratio(result, spread, Postgres, acks, spread, "floor group", acks) is { } shared)
        {
            yield return new Goal($"acks/s, {spread}, PostgreSQL, against the group-commit floor", shared, true, 0.55, "", "");
        }

        if (Ratio(result, rooms, Postgres, round => round.DeliveriesPerSecond, rooms, "floor echo", acks) is { } pushed)
        {
            yield return new Goal($"deliveries/s, {rooms}, against the echo floor's messages/s", pushed, true, 1.0, "", "");
        }

        if (Ratio(result, spread, Sqlite, acks, spread, Postgres, acks) is { } embedded)
        {
            yield return new Goal($"SQLite, {spread}, acks/s against the PostgreSQL figure", embedded, true, 0.8, "", "");
        }
    }

    private static IEnumerable<Goal> Sequential(RunResult result)
    {
        var alone = StandardSet.Alone.ToString();
        Func<Measurement, double> median = round => round.Acks.P50;
        if (Ratio(result, alone, Postgres, median, alone, "floor commit", median) is { } slower)
        {
            yield return new Goal("sequential ack p50 against the one-commit floor", slower, false, 1.5, "", "");
        }

        if (Allocated(StandardSet.Alone) is var allocated && double.IsFinite(allocated))
        {
            var together = Allocated(StandardSet.Spread);
            var remark = double.IsFinite(together) ? $"one after the other; {Figure.Text(together)} KB with {StandardSet.Spread}" : "";
            yield return new Goal("allocations a send, server side, one recipient", allocated, false, 12, "KB", remark);
        }

        double Allocated(ClosedLoopOptions options) => AllocatedPerMessage(result, options) / Figure.Kibibyte;
    }

    private static IEnumerable<Goal> OpenLoop(RunResult result)
    {
        var what = StandardSet.OpenLoop(default, default).ToString();
        foreach (var open in result.Measurements.Where(round => round.Case == what && round.Subject == Postgres))
        {
            var remark = open.Seconds < OpenLoopTime.TotalSeconds - 1 ? $"{open.Seconds:0} s instead of ten minutes" : "";
            yield return new Goal($"{what}: send to received by all, p50", open.ReceivedByAll!.P50, false, 10, "ms", remark);
            yield return new Goal($"{what}: send to received by all, p99", open.ReceivedByAll!.P99, false, 50, "ms", remark);
            yield return new Goal($"{what}: send to received by all, p99.9", open.ReceivedByAll!.P999, false, 150, "ms", remark);
        }
    }

    private static IEnumerable<Goal> Memory(RunResult result)
    {
        foreach (var idle in result.Idle.Where(idle => idle.Subject is Postgres or Sqlite))
        {
            var fewer = idle.Connections < Idle ? $"{idle.Connections:#,0} instead of {Idle:#,0}; " : "";
            var remark = $"{fewer}{Figure.Text(idle.BytesEach / Figure.Kibibyte)} KB before a full collection";
            yield return new Goal(
                "idle authenticated connections, server memory each",
                idle.BytesEachCollected / Figure.Kibibyte,
                false,
                25,
                "KB",
                remark
            );
        }

        foreach (var churn in result.Churn)
        {
            var shorter = churn.Seconds < ChurnTime.TotalSeconds ? $"{churn.Seconds:0} s instead of an hour; " : "";
            var remark = $"{shorter}{churn.Cycles:#,0} times";
            yield return new Goal("memory after churn (connect, join, send, drop) against before", churn.Growth, false, 1.05, "", remark);
        }
    }

    private static IEnumerable<Goal> OfHistory(RunResult result) =>
        result.History.Select(history =>
        {
            var fewer = history.Events < Events ? $"{history.Events:#,0} events instead of {Events:#,0}; " : "";
            var (longer, shorter) = (Figure.Text(history.Long.P50), Figure.Text(history.Short.P50));
            var remark = $"{fewer}p50 {longer} against {shorter} ms with a page of history";
            return new Goal($"a workflow with a long history: {history.Call}, against one without", history.Ratio, false, 1.2, "", remark);
        });

    private static double? Ratio(
        RunResult result,
        string ourCase,
        string us,
        Func<Measurement, double> ourValue,
        string floorCase,
        string floor,
        Func<Measurement, double> floorValue
    )
    {
        var ours = Of(result, ourCase, us, ourValue);
        var theirs = Of(result, floorCase, floor, floorValue);
        return ours.Count == 0 || theirs.Count == 0 ? null : Statistics.MedianRatio(ours, theirs);
    }

    /// <summary>Round by round.</summary>
    private static List<double> Of(RunResult result, string name, string subject, Func<Measurement, double> value) =>
        [
            .. result
                .Measurements.Where(measurement => measurement.Case == name && measurement.Subject == subject)
                .OrderBy(measurement => measurement.Round)
                .Select(value),
        ];
}
