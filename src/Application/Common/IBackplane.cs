using System.Text.Json.Serialization;

namespace BmadServer.Application.Common;

/// <summary>
/// Tells the server's other nodes what has just happened on this one. Everything but typing they would read from the database by
/// themselves, somewhat later; so each signal may get lost, come twice or come late.
/// </summary>
public interface IBackplane
{
    /// <summary>Takes a signal of what is committed, or of typing. Returns at once and never fails.</summary>
    void Send(BackplaneSignal signal);

    /// <summary>
    /// From now on gets the signals of the other nodes, those of one node in the order in which they were sent, less those that a
    /// later one made superfluous.
    /// </summary>
    /// <param name="receive">Called with one after the other; must not wait.</param>
    void Subscribe(Action<BackplaneSignal> receive);
}

/// <summary>
/// Plain values, because another release may read them. A later signal with the same <see cref="GetSubject"/> replaces an earlier one that has
/// not been sent yet.
/// </summary>
[JsonDerivedType(typeof(LogGrew), "log")]
[JsonDerivedType(typeof(PresenceChanging), "presence")]
[JsonDerivedType(typeof(AccessEnded), "ended")]
[JsonDerivedType(typeof(SessionTaken), "taken")]
[JsonDerivedType(typeof(TypingShown), "typing")]
public abstract record BackplaneSignal
{
    public abstract object GetSubject();
}

/// <summary>The workflow's log goes up to this sequence.</summary>
public sealed record LogGrew(Guid WorkflowId, long LastSequence) : BackplaneSignal
{
    public override object GetSubject() => (typeof(LogGrew), WorkflowId);
}

/// <summary>Somebody has opened or closed the workflow on this node.</summary>
public sealed record PresenceChanging(Guid WorkflowId) : BackplaneSignal
{
    public override object GetSubject() => (typeof(PresenceChanging), WorkflowId);
}

/// <summary>A session or a sign-in has ended.</summary>
public sealed record AccessEnded : BackplaneSignal
{
    public override object GetSubject() => typeof(AccessEnded);
}

/// <summary>A connection of this node has the session now, and it has this version.</summary>
public sealed record SessionTaken(Guid SessionId, int Version) : BackplaneSignal
{
    public override object GetSubject() => (typeof(SessionTaken), SessionId);
}

/// <summary>The user types, or no longer does. In no database.</summary>
public sealed record TypingShown(Guid WorkflowId, Guid UserId, string Name, bool IsTyping) : BackplaneSignal
{
    public override object GetSubject() => (typeof(TypingShown), WorkflowId, UserId);
}
