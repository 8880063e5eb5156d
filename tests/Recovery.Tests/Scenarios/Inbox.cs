using System.Text.Json;
using BmadServer.Recovery.Tests.Clients;
using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.Scenarios;

/// <summary>Keeps what the server called, with the time.</summary>
internal sealed class Inbox : IHubReceiver
{
    private readonly Lock _gate = new();
    private readonly List<Arrival> _arrivals = [];

    public IReadOnlyList<Arrival> Arrivals
    {
        get
        {
            lock (_gate)
            {
                return [.. _arrivals];
            }
        }
    }

    public IReadOnlyList<EventRecord> Events => [.. Arrivals.Select(arrival => arrival.Event).OfType<EventRecord>()];

    public bool Has(long sequence)
    {
        lock (_gate)
        {
            return _arrivals.Exists(arrival => arrival.Event?.Sequence == sequence);
        }
    }

    public void OnCall(string target, ReadOnlyMemory<byte> arguments)
    {
        var at = TimeProvider.System.GetTimestamp();
        var @event = target == "ReceiveEvent"
            ? JsonSerializer.Deserialize<EventRecord[]>(arguments.Span, JsonSerializerOptions.Web)![0]
            : null;
        lock (_gate)
        {
            _arrivals.Add(new Arrival(at, target, @event));
        }
    }

    /// <param name="At">As <see cref="TimeProvider.GetTimestamp"/>.</param>
    internal sealed record Arrival(long At, string Target, EventRecord? Event);
}
