using BmadServer.Load.Measuring;
using BmadServer.Load.Modes;
using BmadServer.Load.Reporting;

namespace BmadServer.Load.UnitTests.Reporting;

/// <summary>Results with as much in them as a test needs.</summary>
internal static class Given
{
    public const string Postgres = "bmadServer, PostgreSQL";

    public static Measurement Measurement(
        ClosedLoopOptions options,
        string subject,
        int round = 1,
        double acksPerSecond = 1000,
        double deliveriesPerSecond = 0,
        double p50 = 1,
        double? allocated = 1024
    ) =>
        new()
        {
            Case = options.ToString(),
            Subject = subject,
            Round = round,
            Seconds = 3,
            Messages = 3000,
            MessagesPerSecond = acksPerSecond,
            DeliveriesPerSecond = deliveriesPerSecond,
            Refusals = 0,
            Acks = Latencies(p50),
            ClientProcessors = 0.5,
            ServerProcessors = 1,
            ServerBytes = 100 << 20,
            AllocatedPerMessage = allocated,
            ReceivedBytesPerMessage = 100,
        };

    public static Distribution Latencies(double p50) =>
        new(3000, p50, 2 * p50, 3 * p50, 4 * p50, 5 * p50, [.. Distribution.Shares.Select((_, at) => p50 * (at + 1))]);

    public static RunResult Result(params Measurement[] measurements) =>
        new()
        {
            Command = "run",
            Machine = new Machine(2, "Linux", ".NET 10", "PostgreSQL 15, fsync on"),
            Measurements = measurements,
        };
}
