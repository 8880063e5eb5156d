using System.Collections.Concurrent;
using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.Clients;

/// <summary>Keeps each event once, however many clients saw it: a history of a round would not fit into memory otherwise.</summary>
internal sealed class EventStore
{
    private readonly ConcurrentDictionary<EventRecord, EventRecord> _events = new();

    public EventRecord Keep(EventRecord @event) => _events.GetOrAdd(@event, @event);
}
