namespace BmadServer.Testing.History;

/// <summary>One thing that a client did or saw.</summary>
/// <param name="At">When, as <see cref="TimeProvider.GetTimestamp"/>: one clock for all clients of a history.</param>
/// <param name="Connection">Counts the client's connections, from 1; 0 when it has none.</param>
public abstract record Entry(long At, int Connection);

/// <summary>A message was handed to the client; from now on it must be acknowledged or refused for good.</summary>
public sealed record SendQueued(long At, Guid WorkflowId, string Key, string Content, Guid? ReplyTo) : Entry(At, 0);

/// <param name="Call">Counts the client's calls: joins an attempt with its outcome.</param>
public abstract record CallBegun(long At, int Connection, long Call) : Entry(At, Connection);

/// <summary>One attempt of a queued send. Attempts of one connection stand in the order they went to the socket.</summary>
public sealed record SendBegun(long At, int Connection, long Call, string Key) : CallBegun(At, Connection, Call);

public sealed record EditBegun(long At, int Connection, long Call, Guid WorkflowId, Guid MessageId, string Content)
    : CallBegun(At, Connection, Call);

public sealed record DeleteBegun(long At, int Connection, long Call, Guid WorkflowId, Guid MessageId) : CallBegun(At, Connection, Call);

public abstract record Outcome(long At, int Connection, long Call) : Entry(At, Connection);

public sealed record Acked(long At, int Connection, long Call, Ack Ack) : Outcome(At, Connection, Call);

/// <param name="IsPassing">The same call may succeed later. Whether this one did nothing is unknown.</param>
public sealed record Refused(long At, int Connection, long Call, string Code, bool IsPassing) : Outcome(At, Connection, Call);

/// <summary>The connection was lost before the answer.</summary>
public sealed record OutcomeUnknown(long At, int Connection, long Call) : Outcome(At, Connection, Call);

/// <summary><c>ReceiveEvent</c>, as it arrived, before anything is sorted or left out.</summary>
public sealed record Pushed(long At, int Connection, EventRecord Event) : Entry(At, Connection);

/// <summary><c>SequenceAnnounced</c>.</summary>
public sealed record Announced(long At, int Connection, Guid WorkflowId, long LastSequence) : Entry(At, Connection);

/// <summary>A page of <c>CatchUp</c>.</summary>
public sealed record PageTaken(long At, int Connection, Guid WorkflowId, long After, EventPage Page) : Entry(At, Connection);

/// <summary>The answer to <c>JoinWorkflow</c>.</summary>
public sealed record SnapshotTaken(long At, int Connection, Guid WorkflowId, Snapshot Snapshot) : Entry(At, Connection);

/// <summary>The answer to <c>LeaveWorkflow</c>.</summary>
public sealed record WorkflowLeft(long At, int Connection, Guid WorkflowId) : Entry(At, Connection);

/// <param name="Asked">The session that the client wanted back.</param>
/// <param name="Session">The session that it got.</param>
/// <param name="Restored">Whether that was <c>SessionRestored</c>.</param>
/// <param name="Joined">The workflows that the session has open.</param>
public sealed record Connected(long At, int Connection, Guid? Asked, Guid Session, bool Restored, IReadOnlyList<Guid> Joined)
    : Entry(At, Connection);

public sealed record Dropped(long At, int Connection, string Reason) : Entry(At, Connection);
