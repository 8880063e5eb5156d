using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BmadServer.Fuzz.Tests.Oracle;

/// <summary>What the process holds when nothing is under way.</summary>
/// <param name="HeapBytes">Managed, after everything that is not needed was collected.</param>
/// <param name="Threads">Without those of the pool, which come and go by themselves.</param>
/// <param name="HttpConnections">Of Kestrel's, by its own count.</param>
/// <param name="HubConnections">Of SignalR's transports, by their own count.</param>
internal sealed record Resources(long HeapBytes, long ResidentBytes, int Threads, long HttpConnections, long HubConnections);

/// <summary>Counts what the framework says is open, from when it is made; make it before the servers.</summary>
internal sealed class ResourceMeter : IDisposable
{
    /// <summary>Far longer than anything takes on a busy machine; only a run that fails waits for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Of timers and of the runtime itself, which may start one late.</summary>
    private const int ThreadSlack = 6;

    private const string KestrelCount = "kestrel.active_connections";
    private const string SignalRCount = "signalr.server.active_connections";

    private readonly ConcurrentDictionary<string, long> _open = new();
    private readonly MeterListener _listener = new();

    public ResourceMeter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name is KestrelCount or SignalRCount)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(
            (instrument, change, _, _) => _open.AddOrUpdate(instrument.Name, change, (_, open) => open + change)
        );
        _listener.Start();
    }

    /// <param name="connections">How many are to be open, and not one more.</param>
    /// <param name="before">What it should come back to; without it, what there is.</param>
    /// <param name="heapSlack">By how many bytes the heap may be larger: caches fill up.</param>
    public async Task<Resources> SettleAsync(int connections, Resources? before = null, long heapSlack = 0)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var now = Read();
            if (Complaint(connections, before ?? now, now, heapSlack) is not { } complaint)
            {
                return now;
            }

            if (patience.IsCancellationRequested)
            {
                throw new FuzzFailure($"Something is left over: {complaint}. Before: {before}. After: {now}.");
            }

            await Task.Delay(PollInterval);
        }
    }

    public void Dispose() => _listener.Dispose();

    private static string? Complaint(int connections, Resources before, Resources now, long heapSlack) =>
        now.HttpConnections != connections ? "connections of Kestrel's"
        : now.HubConnections != connections ? "connections of SignalR's"
        : now.Threads > before.Threads + ThreadSlack ? "threads"
        : now.HeapBytes > before.HeapBytes + heapSlack ? "memory"
        : null;

    private Resources Read()
    {
        for (var turn = 0; turn < 2; turn++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        using var process = Process.GetCurrentProcess();
        return new Resources(
            GC.GetTotalMemory(forceFullCollection: true),
            process.WorkingSet64,
            process.Threads.Count - ThreadPool.ThreadCount,
            _open.GetValueOrDefault(KestrelCount),
            _open.GetValueOrDefault(SignalRCount)
        );
    }
}
