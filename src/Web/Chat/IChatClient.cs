using BmadServer.Application.Sessions;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Sessions;

namespace BmadServer.Web.Chat;

/// <summary>What the server calls on its clients.</summary>
public interface IChatClient
{
    /// <summary>The connection has a new session. Comes once, before anything else.</summary>
    Task SessionStarted(SessionStarted session);

    /// <summary>
    /// The connection has its session again, or a new one seeded from it. Comes once; from then on the joined workflows'
    /// events arrive, and <c>CatchUp</c> gives what happened in between.
    /// </summary>
    Task SessionRestored(SessionRestored session);

    /// <summary>One durable event of a joined workflow, in sequence order.</summary>
    Task ReceiveEvent(EventView change);

    /// <summary>
    /// How far a joined workflow was pushed. A client that has less has lost something, and calls <c>CatchUp</c>. Comes at most
    /// half a second after an event, and twice again.
    /// </summary>
    Task SequenceAnnounced(SequenceAnnounced announcement);

    /// <summary>Somebody else types in a joined workflow, or no longer does. Not durable.</summary>
    Task TypingChanged(TypingChanged typing);

    /// <summary>A participant opened a joined workflow on their first device, or closed it on their last. Not durable.</summary>
    Task PresenceChanged(PresenceChanged presence);

    /// <summary>The server closes the connection now: <c>loggedOut</c>, <c>revoked</c>, <c>expired</c> or <c>replaced</c>.</summary>
    Task SessionEnded(SessionEndReason reason);
}

/// <param name="Id">To come back with: connect with <c>?session={id}</c>.</param>
/// <param name="JoinedWorkflows">Always empty.</param>
/// <param name="ExpiresAt">When the session ends unless something happens until then.</param>
public sealed record SessionStarted(Guid Id, IReadOnlyList<JoinedWorkflow> JoinedWorkflows, DateTimeOffset ExpiresAt);

/// <param name="Id">From now on the session's id.</param>
/// <param name="Recovery"><c>live</c>: the same session; <c>checkpoint</c>: a new one with the old one's state.</param>
/// <param name="RecoveredFrom">The old session's id, for <c>checkpoint</c>.</param>
/// <param name="ActiveWorkflowId">Where a plain-text send goes; null for the personal workflow.</param>
/// <param name="JoinedWorkflows">Joined again already, in the order of joining, each with the sequence of its newest event.</param>
/// <param name="Message">A sentence to show to the user.</param>
public sealed record SessionRestored(
    Guid Id,
    SessionRecovery Recovery,
    Guid? RecoveredFrom,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)]
        Guid? ActiveWorkflowId,
    IReadOnlyList<JoinedWorkflow> JoinedWorkflows,
    DateTimeOffset ExpiresAt,
    string Message
);

public sealed record SequenceAnnounced(Guid WorkflowId, long LastSequence);

public sealed record TypingChanged(Guid WorkflowId, Guid UserId, string Name, bool IsTyping);

public sealed record PresenceChanged(Guid WorkflowId, Guid UserId, string Name, bool Online);
