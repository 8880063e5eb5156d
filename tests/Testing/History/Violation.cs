namespace BmadServer.Testing.History;

/// <summary>What a history can show that must not be. <c>docs/testing.md</c> explains each.</summary>
public enum ViolationKind
{
    /// <summary>What was acknowledged is not in the log.</summary>
    AckedMissing,

    /// <summary>The log has two messages under one author's <c>clientMessageId</c>.</summary>
    StoredTwice,

    /// <summary>Two acks of one message say different things.</summary>
    AcksDiffer,

    /// <summary>An ack says <c>duplicate</c>, and no other attempt can have stored the message.</summary>
    DuplicateWithoutFirst,

    /// <summary>Two acks of one message both say that they stored it.</summary>
    FirstTwice,

    /// <summary>An ack says something else than the log has at its sequence.</summary>
    AckUntrue,

    /// <summary>Of two sends on one connection, the later one got the lower sequence.</summary>
    AckOrder,

    /// <summary>A message that was sent after another one was acknowledged stands before it.</summary>
    RealTimeOrder,

    /// <summary>Refused for good, and in the log.</summary>
    RefusedButStored,

    /// <summary>Neither acknowledged nor refused for good.</summary>
    SendUnresolved,

    /// <summary>The log has a message that its author never sent.</summary>
    NeverSent,

    /// <summary>The log lacks a sequence.</summary>
    LogGap,

    /// <summary>The log has a sequence twice.</summary>
    LogTwin,

    /// <summary>The log is not in the order of its sequences.</summary>
    LogDisordered,

    /// <summary>A client has seen an event that the log does not have: it was pushed and not committed.</summary>
    SeenButNotInLog,

    /// <summary>An event stands elsewhere in the log than where a client saw it.</summary>
    OrderDiffers,

    /// <summary>An event has another content in the log than a client saw.</summary>
    ContentDiffers,

    /// <summary>On one connection an event was pushed after one with the same or a higher sequence.</summary>
    PushOutOfOrder,

    /// <summary>A sequence was announced that the log does not reach.</summary>
    AnnouncedBeyondLog,

    /// <summary>A page of <c>CatchUp</c> is not what follows the sequence asked for, or says wrongly that it is the last.</summary>
    PageBroken,

    /// <summary>The answer to <c>JoinWorkflow</c> is not what the log comes to at its sequence.</summary>
    SnapshotUntrue,

    /// <summary>A client does not have the end of the log.</summary>
    IncompleteAtEnd,

    /// <summary>What a client shows at the end is not what a fresh load shows.</summary>
    FinalStateDiffers,

    /// <summary>What the whole log comes to is not what a fresh load shows.</summary>
    LogStateDiffers,

    /// <summary>A client asked for its session and got a fresh one.</summary>
    SessionLost,

    /// <summary>A restored session lacks a workflow that it had open.</summary>
    WorkflowForgotten,
}

public sealed record Violation(ViolationKind Kind, string Text)
{
    public override string ToString() => $"{Kind}: {Text}";
}
