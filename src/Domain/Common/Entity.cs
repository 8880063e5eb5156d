namespace BmadServer.Domain.Common;

/// <summary>Something that happened to an entity and is stored in the same transaction as the change itself.</summary>
public interface IDomainEvent;

/// <summary>Collects the events that its changes raise until they are stored.</summary>
public abstract class Entity
{
    private readonly List<IDomainEvent> _pendingEvents = [];

    /// <summary>Raised and not yet stored, oldest first.</summary>
    public IReadOnlyList<IDomainEvent> PendingEvents => _pendingEvents;

    protected void Raise(IDomainEvent domainEvent) => _pendingEvents.Add(domainEvent);

    /// <summary>Hands over the pending events and forgets them.</summary>
    public IReadOnlyList<IDomainEvent> TakePendingEvents()
    {
        IDomainEvent[] taken = [.. _pendingEvents];
        _pendingEvents.Clear();
        return taken;
    }
}
