using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Web.Chat;

/// <summary>
/// A workflow that connections of this node have opened, and how far its log has been pushed to them. It is there for as long
/// as any of them has it open, also while their users may not see it.
/// </summary>
/// <param name="lastSequence">
/// A sequence that was read before the first of them was subscribed: none of them needs an event up to it.
/// </param>
internal sealed class OpenWorkflow(WorkflowId id, long lastSequence)
{
    private long _begun = lastSequence;
    private long _pushed = lastSequence;

    public WorkflowId Id { get; } = id;

    /// <summary>Changed under the lock of <see cref="LiveConnections"/>, as is <see cref="Subscribers"/>.</summary>
    public HashSet<LiveConnection> Openers { get; } = [];

    /// <summary>Of <see cref="Openers"/>, those that receive its events.</summary>
    public HashSet<LiveConnection> Subscribers { get; } = [];

    /// <summary>The users who are present through other nodes, with their names, as last read; changed under the same lock.</summary>
    public Dictionary<UserId, string> Elsewhere { get; } = [];

    /// <summary>Whoever is subscribed before this is read gets every later event.</summary>
    public long Begun => Volatile.Read(ref _begun);

    /// <summary>Every event up to this one is on its way, ahead of whatever is sent from now on.</summary>
    public long Pushed => Volatile.Read(ref _pushed);

    /// <summary>To be called before the event is pushed, and by one thread at a time.</summary>
    /// <remarks>
    /// A full fence, as is a subscription: either the subscriber sees that this push has begun, or the push sees the subscriber.
    /// </remarks>
    public void BeginPush(long sequence) => Interlocked.Exchange(ref _begun, sequence);

    public void EndPush() => Volatile.Write(ref _pushed, _begun);
}
