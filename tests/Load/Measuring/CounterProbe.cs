using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace BmadServer.Load.Measuring;

/// <param name="Repeats">How often so far it was the same twice in a row.</param>
internal readonly record struct CounterReading(long Value, int Repeats);

/// <summary>Reads a number that a .NET process counts from its start on, from outside, over EventPipe.</summary>
internal sealed class CounterProbe : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly EventPipeSession _session;
    private readonly Func<TraceEvent, double?> _read;
    private readonly Task _reading;
    private volatile TaskCompletionSource<CounterReading> _next = NewWaiter();

    private CounterProbe(EventPipeSession session, Func<TraceEvent, double?> read)
    {
        _session = session;
        _read = read;
        _reading = Task.Factory.StartNew(Read, TaskCreationOptions.LongRunning);
    }

    /// <summary>
    /// What the process has allocated, in bytes: the runtime's own metric. It counts the heaps in use and never falls, so it stands still
    /// for a while after the collector has given up a heap (dotnet/runtime 131069); <see cref="CounterReading.Repeats"/> tells.
    /// </summary>
    /// <param name="pid">A process of .NET 9 or newer of the same user.</param>
    public static Task<CounterProbe> OfAllocationsAsync(int pid, CancellationToken cancellationToken)
    {
        const string instrument = "dotnet.gc.heap.total_allocated";
        const long timeSeries = 0x2;
        var arguments = new Dictionary<string, string>
        {
            ["SessionId"] = Guid.CreateVersion7().ToString(),
            ["Metrics"] = $@"System.Runtime\{instrument}",
            // Seconds.
            ["RefreshInterval"] = "0.2",
            ["MaxTimeSeries"] = "10",
            ["MaxHistograms"] = "1",
        };
        var provider = new EventPipeProvider("System.Diagnostics.Metrics", EventLevel.Informational, timeSeries, arguments);
        return StartAsync(pid, provider, Allocated, cancellationToken);

        static double? Allocated(TraceEvent happened) =>
            happened.EventName == "CounterRateValuePublished"
            && instrument.Equals(happened.PayloadByName("instrumentName"))
            && happened.PayloadByName("value") is string text
                ? double.Parse(text, CultureInfo.InvariantCulture)
                : null;
    }

    /// <summary>How many commands the process has sent to PostgreSQL, without commits and rollbacks: Npgsql's own counter.</summary>
    public static Task<CounterProbe> OfCommandsAsync(int pid, CancellationToken cancellationToken)
    {
        const string counter = "total-commands";
        var arguments = new Dictionary<string, string> { ["EventCounterIntervalSec"] = "1" };
        var provider = new EventPipeProvider("Npgsql", EventLevel.Informational, (long)EventKeywords.None, arguments);
        return StartAsync(pid, provider, Commands, cancellationToken);

        static double? Commands(TraceEvent happened) =>
            happened.EventName == "EventCounters"
            && happened.PayloadValue(0) is IDictionary<string, object> outer
            && outer["Payload"] is IDictionary<string, object> values
            && counter.Equals(values["Name"])
                ? Convert.ToDouble(values["Mean"], CultureInfo.InvariantCulture)
                : null;
    }

    /// <summary>The first value that was counted after this moment; it takes up to twice the time between two.</summary>
    public async Task<CounterReading> ReadAsync(CancellationToken cancellationToken)
    {
        // The one under way may be older.
        await _next.Task.WaitAsync(Patience, cancellationToken);
        return await _next.Task.WaitAsync(Patience, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(Patience);
            await _session.StopAsync(limit.Token);
        }
        catch (Exception failure) when (failure is ServerNotAvailableException or IOException or TimeoutException)
        {
            // The process has ended, and the session with it.
        }

        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _session.Dispose();
    }

    private static async Task<CounterProbe> StartAsync(
        int pid,
        EventPipeProvider provider,
        Func<TraceEvent, double?> read,
        CancellationToken cancellationToken
    )
    {
        var client = new DiagnosticsClient(pid);
        var session = await client.StartEventPipeSessionAsync([provider], requestRundown: false, circularBufferMB: 4, cancellationToken);
        return new CounterProbe(session, read);
    }

    private static TaskCompletionSource<CounterReading> NewWaiter() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Read()
    {
        using var source = new EventPipeEventSource(_session.EventStream);
        var last = new CounterReading(-1, 0);
        source.Dynamic.All += Take;
        source.Process();

        void Take(TraceEvent happened)
        {
            if (_read(happened) is { } value)
            {
                last = new CounterReading((long)value, last.Value == (long)value ? last.Repeats + 1 : last.Repeats);
                var waiter = _next;
                _next = NewWaiter();
                waiter.TrySetResult(last);
            }
        }
    }
}
