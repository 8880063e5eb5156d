using BmadServer.Load.Measuring;

namespace BmadServer.Load.Reporting;

/// <summary>Measurements as tables in Markdown: medians of the rounds, and the server against the floors.</summary>
internal static class MeasurementTable
{
    private const string Floor = "floor ";

    public static string Write(IReadOnlyList<Measurement> measurements) =>
        string.Concat(
            measurements
                .GroupBy(measurement => measurement.Case)
                .Select(one => $"### {one.Key}\n\n{WriteSubjects(one)}{WriteRatios(one)}{WriteUse(one)}")
        );

    private static MarkdownTable WriteSubjects(IEnumerable<Measurement> measurements)
    {
        var table = new MarkdownTable("subject", "acks/s", "deliveries/s", "ack p50 ms", "p90", "p99", "p99.9", "max");
        foreach (var (subject, rounds) in BySubject(measurements))
        {
            table.Add(
                subject,
                Median(rounds, round => round.MessagesPerSecond),
                Median(rounds, round => round.DeliveriesPerSecond),
                Median(rounds, round => round.Acks.P50),
                Median(rounds, round => round.Acks.P90),
                Median(rounds, round => round.Acks.P99),
                Median(rounds, round => round.Acks.P999),
                Median(rounds, round => round.Acks.Max)
            );
        }

        return table;
    }

    /// <summary>Medians of the rounds' ratios.</summary>
    private static MarkdownTable WriteRatios(IEnumerable<Measurement> measurements)
    {
        var table = new MarkdownTable("ratio", "acks/s", "deliveries/s to acks/s", "ack p50", "ack p99");
        var subjects = BySubject(measurements).ToLookup(subject => subject.Name.StartsWith(Floor, StringComparison.Ordinal));
        foreach (var ours in subjects[false])
        {
            foreach (var floor in subjects[true])
            {
                table.Add(
                    $"{ours.Name} to {floor.Name}",
                    Ratio(round => round.MessagesPerSecond, round => round.MessagesPerSecond),
                    Ratio(round => round.DeliveriesPerSecond, round => round.MessagesPerSecond),
                    Ratio(round => round.Acks.P50, round => round.Acks.P50),
                    Ratio(round => round.Acks.P99, round => round.Acks.P99)
                );

                double Ratio(Func<Measurement, double> ourValue, Func<Measurement, double> floorValue) =>
                    Statistics.MedianRatio([.. ours.Rounds.Select(ourValue)], [.. floor.Rounds.Select(floorValue)]);
            }
        }

        return table;
    }

    private static MarkdownTable WriteUse(IEnumerable<Measurement> measurements)
    {
        var table = new MarkdownTable(
            "processors busy, memory, and what a message takes",
            "client",
            "server",
            "PostgreSQL",
            "server MB",
            "allocated KB",
            "writing transactions",
            "bytes to clients"
        );
        foreach (var (subject, rounds) in BySubject(measurements))
        {
            table.Add(
                subject,
                Median(rounds, round => round.ClientProcessors),
                Median(rounds, round => round.ServerProcessors),
                Median(rounds, round => round.PostgresProcessors),
                Median(rounds, round => round.ServerBytes / Figure.Mebibyte),
                Median(rounds, round => round.AllocatedPerMessage / Figure.Kibibyte),
                Median(rounds, round => round.WritesPerMessage),
                Median(rounds, round => round.ReceivedBytesPerMessage)
            );
        }

        return table;
    }

    private static IEnumerable<(string Name, Measurement[] Rounds)> BySubject(IEnumerable<Measurement> measurements) =>
        measurements
            .GroupBy(measurement => measurement.Subject)
            .Select(group => (group.Key, group.OrderBy(round => round.Round).ToArray()));

    private static double Median(Measurement[] rounds, Func<Measurement, double?> value) => rounds.Select(value).OfType<double>().Median();
}
