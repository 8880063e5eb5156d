using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.Clients;

/// <summary>What a client has of a workflow that it has open: one gap-free stream, applied.</summary>
internal sealed class WorkflowCopy(Guid workflowId)
{
    private readonly SortedDictionary<long, EventRecord> _early = [];
    private readonly Dictionary<long, long> _appliedAt = [];

    public Guid WorkflowId { get; } = workflowId;

    /// <summary>Null before the first snapshot.</summary>
    public Conversation? State { get; private set; }

    public long LastSequence => State?.LastSequence ?? 0;

    /// <summary>The connection on which a run of <c>CatchUp</c> calls is under way; 0 for none.</summary>
    public int CatchingUpOn { get; set; }

    /// <summary>Whether that run is to make another round.</summary>
    public bool CatchUpAgain { get; set; }

    /// <summary>Begins with what <c>JoinWorkflow</c> answered, or with nothing.</summary>
    public void Begin(Conversation state)
    {
        State ??= state;
        ApplyEarly();
    }

    /// <returns>Whether something before it is missing.</returns>
    public bool Take(EventRecord @event)
    {
        if (State is null || @event.Sequence > State.LastSequence + 1)
        {
            _early[@event.Sequence] = @event;
            return State is not null;
        }

        if (@event.Sequence == State.LastSequence + 1)
        {
            Apply(@event);
            ApplyEarly();
        }

        return false;
    }

    /// <summary>When the client had this event and all before it, as <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long? AppliedAt(long sequence) => _appliedAt.TryGetValue(sequence, out var at) ? at : null;

    private void ApplyEarly()
    {
        while (_early.Count > 0 && _early.First() is var (sequence, @event) && sequence <= State!.LastSequence + 1)
        {
            _early.Remove(sequence);
            if (sequence == State.LastSequence + 1)
            {
                Apply(@event);
            }
        }
    }

    private void Apply(EventRecord @event)
    {
        State!.Apply(@event);
        _appliedAt[@event.Sequence] = TimeProvider.System.GetTimestamp();
    }
}
