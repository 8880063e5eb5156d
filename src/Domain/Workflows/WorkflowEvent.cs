using BmadServer.Domain.Common;
using BmadServer.Domain.Users;

namespace BmadServer.Domain.Workflows;

/// <summary>
/// One durable change in a workflow. Append-only: nothing ever updates or deletes one. The log of a workflow is the
/// truth about it; messages and participants are what the log adds up to.
/// </summary>
public abstract class WorkflowEvent : IDomainEvent
{
    public WorkflowId WorkflowId { get; internal init; }

    /// <summary>1, 2, 3 … without gaps, per workflow.</summary>
    public long Sequence { get; internal init; }

    public DateTimeOffset At { get; internal init; }

    public Guid ActorId { get; internal init; }

    public ActorKind ActorKind { get; internal init; }

    public string ActorName { get; internal init; } = "";

    /// <summary>Of the message text that it holds, in UTF-16 code units.</summary>
    public virtual int TextLength => 0;

    public Actor Actor
    {
        get => new(ActorId, ActorKind, ActorName);
        internal init => (ActorId, ActorKind, ActorName) = value;
    }
}

public sealed class MessagePosted : WorkflowEvent
{
    public MessageId MessageId { get; internal init; }

    public string Content { get; internal init; } = "";

    public override int TextLength => Content.Length;

    public MessageId? ReplyTo { get; internal init; }

    public string? ClientMessageId { get; internal init; }
}

public sealed class MessageEdited : WorkflowEvent
{
    public MessageId MessageId { get; internal init; }

    public string Content { get; internal init; } = "";

    public override int TextLength => Content.Length;
}

public sealed class MessageDeleted : WorkflowEvent
{
    public MessageId MessageId { get; internal init; }
}

public sealed class ParticipantAdded : WorkflowEvent
{
    public UserId UserId { get; internal init; }

    public string Name { get; internal init; } = "";

    public ParticipantRole Role { get; internal init; }
}

public sealed class ParticipantRemoved : WorkflowEvent
{
    public UserId UserId { get; internal init; }
}

public sealed class WorkflowRenamed : WorkflowEvent
{
    public string Title { get; internal init; } = "";
}

public sealed class WorkflowStatusChanged : WorkflowEvent
{
    public WorkflowStatus Status { get; internal init; }
}
