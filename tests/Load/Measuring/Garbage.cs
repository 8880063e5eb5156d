using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;

namespace BmadServer.Load.Measuring;

internal static class Garbage
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";

    /// <summary>The runtime's keyword that has a listener begin with a full collection.</summary>
    private const long Collect = 0x800000;

    private static readonly TimeSpan TimeToCollect = TimeSpan.FromSeconds(2);

    /// <summary>Has a .NET process collect all its garbage, so that its memory is what it needs.</summary>
    public static async Task CollectAsync(int pid, CancellationToken cancellationToken)
    {
        var client = new DiagnosticsClient(pid);
        var provider = new EventPipeProvider(Runtime, EventLevel.Informational, Collect);
        using var session = await client.StartEventPipeSessionAsync(
            [provider],
            requestRundown: false,
            circularBufferMB: 1,
            cancellationToken
        );
        var reading = session.EventStream.CopyToAsync(Stream.Null, cancellationToken);
        await Task.Delay(TimeToCollect, cancellationToken);
        await session.StopAsync(cancellationToken);
        await reading;
    }
}
