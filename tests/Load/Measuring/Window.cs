using BmadServer.Load.Subjects;

namespace BmadServer.Load.Measuring;

/// <summary>What the clients of a subject have counted so far.</summary>
internal readonly record struct Counts(long Acks, long Deliveries, long Refusals, long Bytes);

/// <summary>The part of a run that is measured: it reads everything at its beginning and at its end, while the load goes on.</summary>
internal sealed class Window
{
    private readonly Subject _subject;
    private readonly Func<Counts> _count;
    private readonly Reading _start;

    private Window(Subject subject, Func<Counts> count, Reading start) => (_subject, _count, _start) = (subject, count, start);

    public static async Task<Window> OpenAsync(Subject subject, Func<Counts> count, CancellationToken cancellationToken)
    {
        // The slow reading first; it is set against what was acknowledged by then.
        var allocated = await subject.Instruments.ReadAllocatedAsync(cancellationToken);
        var acksAtAllocated = count().Acks;
        var start = await ReadAsync(subject, count, allocated, acksAtAllocated, cancellationToken);
        return new Window(subject, count, start);
    }

    /// <param name="acks">What was recorded since the window was opened.</param>
    public async Task<Measurement> CloseAsync(string name, int round, Distribution acks, CancellationToken cancellationToken)
    {
        var end = await ReadAsync(_subject, _count, default, 0, cancellationToken);
        var allocated = await _subject.Instruments.ReadAllocatedAsync(cancellationToken);
        var acksAtAllocated = _count().Acks - _start.AcksAtAllocated;
        var seconds = TimeProvider.System.GetElapsedTime(_start.At, end.At).TotalSeconds;
        var messages = end.Counts.Acks - _start.Counts.Acks;
        return new Measurement
        {
            Case = name,
            Subject = _subject.Name,
            Round = round,
            Seconds = seconds,
            Messages = messages,
            MessagesPerSecond = messages / seconds,
            DeliveriesPerSecond = (end.Counts.Deliveries - _start.Counts.Deliveries) / seconds,
            Refusals = end.Counts.Refusals - _start.Counts.Refusals,
            Acks = acks,
            ClientProcessors = (end.Client - _start.Client).TotalSeconds / seconds,
            ServerProcessors = (end.Server - _start.Server).TotalSeconds / seconds,
            PostgresProcessors = (end.Postgres - _start.Postgres)?.TotalSeconds / seconds,
            ServerBytes = _subject.Instruments.ServerBytes,
            AllocatedPerMessage =
                allocated.Repeats == _start.Allocated.Repeats
                    ? (allocated.Value - _start.Allocated.Value) / (double)acksAtAllocated
                    : null,
            WritesPerMessage = (end.Writes - _start.Writes) / (double?)messages,
            ReceivedBytesPerMessage = (end.Counts.Bytes - _start.Counts.Bytes) / (double)messages,
        };
    }

    private static async Task<Reading> ReadAsync(
        Subject subject,
        Func<Counts> count,
        CounterReading allocated,
        long acksAtAllocated,
        CancellationToken cancellationToken
    )
    {
        var postgres = subject.Instruments.Postgres;
        return new Reading(
            Writes: postgres is null ? null : await postgres.ReadWritesAsync(cancellationToken),
            Postgres: postgres?.ReadProcessor(),
            Client: Environment.CpuUsage.TotalTime,
            Server: subject.Instruments.ServerProcessor,
            Allocated: allocated,
            AcksAtAllocated: acksAtAllocated,
            Counts: count(),
            At: TimeProvider.System.GetTimestamp()
        );
    }

    /// <param name="At">As <see cref="TimeProvider.GetTimestamp"/>.</param>
    private sealed record Reading(
        long? Writes,
        TimeSpan? Postgres,
        TimeSpan Client,
        TimeSpan Server,
        CounterReading Allocated,
        long AcksAtAllocated,
        Counts Counts,
        long At
    );
}
