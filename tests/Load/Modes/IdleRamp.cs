using BmadServer.Load.Clients;
using BmadServer.Load.Measuring;
using BmadServer.Load.Reporting;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.Modes;

/// <summary>What idle connections cost the server's memory.</summary>
/// <param name="Connections">How many were open; those of the server authenticated and each with a session.</param>
/// <param name="ConnectionsPerSecond">How fast they were opened.</param>
/// <param name="BytesBefore">In RAM without them, after a full collection.</param>
/// <param name="BytesWith">In RAM with them, as it came to be.</param>
/// <param name="BytesCollected">In RAM with them, after a full collection.</param>
internal sealed record IdleMeasurement(
    string Subject,
    int Connections,
    double ConnectionsPerSecond,
    long BytesBefore,
    long BytesWith,
    long BytesCollected
)
{
    public double BytesEach => (BytesWith - BytesBefore) / (double)Connections;

    public double BytesEachCollected => (BytesCollected - BytesBefore) / (double)Connections;
}

internal static class IdleRamp
{
    /// <summary>Enough to have everything compiled and every pool filled.</summary>
    private const int WarmUpConnections = 200;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    public static async Task<IdleMeasurement> RunAsync(Subject subject, int connections, CancellationToken cancellationToken)
    {
        var listener = new HubListener();
        await subject.PrepareAsync(connections, cancellationToken);
        Progress.Say($"{subject.Name}: warming up");
        using (await subject.OpenFleetAsync(WarmUpConnections, workflows: 0, listener, cancellationToken))
        {
            await Task.Delay(Settling, cancellationToken);
        }

        await Task.Delay(Settling, cancellationToken);
        await Garbage.CollectAsync(subject.Node.Pid, cancellationToken);
        var before = subject.Node.ResidentBytes;
        Progress.Say($"{subject.Name}: opening {connections} connections");
        var from = TimeProvider.System.GetTimestamp();
        using var fleet = await subject.OpenFleetAsync(connections, workflows: 0, listener, cancellationToken);
        var opening = TimeProvider.System.GetElapsedTime(from);
        await Task.Delay(Settling, cancellationToken);
        var with = subject.Node.ResidentBytes;
        await Garbage.CollectAsync(subject.Node.Pid, cancellationToken);
        var collected = subject.Node.ResidentBytes;
        listener.ThrowIfLost();
        return new IdleMeasurement(subject.Name, connections, connections / opening.TotalSeconds, before, with, collected);
    }
}
