using BmadServer.Load.Clients;
using BmadServer.Load.Measuring;
using BmadServer.Load.Reporting;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.Modes;

/// <summary>
/// What one message costs, sent alone on a quiet machine, with one recipient. What the server spends while nothing happens is
/// subtracted from its allocations.
/// </summary>
/// <param name="AllocatedBytes">Null when the counter stood still meanwhile.</param>
/// <param name="Commands">Sent to PostgreSQL, without commits.</param>
/// <param name="Writes">Transactions that wrote.</param>
/// <param name="Transactions">Those that only read among them.</param>
/// <param name="LogBytes">Of PostgreSQL's write-ahead log.</param>
/// <param name="ReceivedBytes">By the clients: the ack and the push.</param>
internal sealed record CostMeasurement(
    string Subject,
    int Messages,
    double? AllocatedBytes,
    double? Commands,
    double? Writes,
    double? Transactions,
    double? LogBytes,
    double ReceivedBytes,
    double ServerMicroseconds,
    double? PostgresMicroseconds,
    Distribution Acks
);

internal static class Cost
{
    private const int WarmUpMessages = 2000;
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(4);

    /// <summary>A connection of PostgreSQL's that has become idle reports its transactions ten seconds later.</summary>
    private static readonly TimeSpan ReportingTime = TimeSpan.FromSeconds(11);

    public static async Task<CostMeasurement> RunAsync(Subject subject, int messages, CancellationToken cancellationToken)
    {
        var postgres = subject.Instruments.Postgres;
        using var fleet = await subject.OpenFleetAsync(1, 1, new HubListener(), cancellationToken);
        await using var commands = postgres is null ? null : await CounterProbe.OfCommandsAsync(subject.Node.Pid, cancellationToken);
        var seat = fleet.Seats[0];
        Progress.Say($"{subject.Name}: warming up");
        await SendAsync(subject, seat, WarmUpMessages, cancellationToken);
        Progress.Say($"{subject.Name}: doing nothing");
        await Task.Delay(ReportingTime, cancellationToken);
        var idle = await ReadAsync();
        await Task.Delay(IdleTime, cancellationToken);
        var before = await ReadAsync();
        Progress.Say($"{subject.Name}: sending {messages} messages");
        var acks = await SendAsync(subject, seat, messages, cancellationToken);
        var after = await ReadAsync();
        Progress.Say($"{subject.Name}: waiting for PostgreSQL's counters");
        await Task.Delay(postgres is null ? TimeSpan.Zero : ReportingTime, cancellationToken);
        var settled = await ReadAsync();
        var idleBytes = (before.Allocated.Value - idle.Allocated.Value) / Seconds(idle, before) * Seconds(before, after);
        return new CostMeasurement(
            subject.Name,
            messages,
            after.Allocated.Repeats == before.Allocated.Repeats
                ? (after.Allocated.Value - before.Allocated.Value - idleBytes) / messages
                : null,
            (after.Commands - before.Commands) / (double?)messages,
            (after.Writes - before.Writes) / (double?)messages,
            (settled.Transactions - before.Transactions) / (double?)messages,
            (after.Log - before.Log) / (double?)messages,
            (after.Received - before.Received) / (double)messages,
            (after.Server - before.Server).TotalMicroseconds / messages,
            (after.Postgres - before.Postgres)?.TotalMicroseconds / messages,
            acks
        );

        async Task<Reading> ReadAsync() =>
            new(
                await subject.Instruments.ReadAllocatedAsync(cancellationToken),
                commands is null ? null : (await commands.ReadAsync(cancellationToken)).Value,
                postgres is null ? null : await postgres.ReadWritesAsync(cancellationToken),
                postgres is null ? null : await postgres.ReadCommitsAsync(cancellationToken),
                postgres is null ? null : await postgres.ReadLogAsync(cancellationToken),
                fleet.BytesReceived,
                subject.Instruments.ServerProcessor,
                postgres?.ReadProcessor(),
                TimeProvider.System.GetTimestamp()
            );
    }

    private static double Seconds(Reading from, Reading to) => TimeProvider.System.GetElapsedTime(from.At, to.At).TotalSeconds;

    private static async Task<Distribution> SendAsync(Subject subject, Seat seat, int count, CancellationToken cancellationToken)
    {
        var frame = subject.Send(seat, HubConnection.AwaitedCall, $"load {CallFrame.Digits} abcdefghijklmnopqr");
        var latencies = new Latencies();
        for (var i = 0; i < count; i++)
        {
            var from = TimeProvider.System.GetTimestamp();
            await seat.Connection.CallAsync(frame.With(i), cancellationToken);
            latencies.Record(0, from, TimeProvider.System.GetTimestamp());
        }

        return latencies.Read();
    }

    /// <param name="At">As <see cref="TimeProvider.GetTimestamp"/>.</param>
    private sealed record Reading(
        CounterReading Allocated,
        long? Commands,
        long? Writes,
        long? Transactions,
        long? Log,
        long Received,
        TimeSpan Server,
        TimeSpan? Postgres,
        long At
    );
}
