using BmadServer.Domain.Workflows;

namespace BmadServer.Application.Workflows;

/// <summary>The kinds of <see cref="EventView"/>; clients ignore those that they do not know.</summary>
public enum EventKind
{
    MessagePosted,
    MessageEdited,
    MessageDeleted,
    ParticipantAdded,
    ParticipantRemoved,
    WorkflowRenamed,
    WorkflowStatusChanged,
}

/// <summary>
/// One durable event of a workflow: the same object from a push, from catching up and over REST. The first five fields
/// are always there; which of the others are depends on the kind, and the rest are left out.
/// </summary>
/// <param name="Sequence">1, 2, 3 … without gaps, per workflow.</param>
/// <param name="MessageId">Of <c>messagePosted</c>, <c>messageEdited</c>, <c>messageDeleted</c>.</param>
/// <param name="Content">Of <c>messagePosted</c>, <c>messageEdited</c>.</param>
/// <param name="ReplyTo">Of <c>messagePosted</c>: the message answered, if any.</param>
/// <param name="ClientMessageId">Of <c>messagePosted</c>: the sender's key, if any.</param>
/// <param name="UserId">Of <c>participantAdded</c>, <c>participantRemoved</c>.</param>
/// <param name="Name">Of <c>participantAdded</c>.</param>
/// <param name="Role">Of <c>participantAdded</c>.</param>
/// <param name="Title">Of <c>workflowRenamed</c>.</param>
/// <param name="Status">Of <c>workflowStatusChanged</c>.</param>
public sealed record EventView(
    EventKind Kind,
    Guid WorkflowId,
    long Sequence,
    DateTimeOffset At,
    ActorView Actor,
    Guid? MessageId = null,
    string? Content = null,
    Guid? ReplyTo = null,
    string? ClientMessageId = null,
    Guid? UserId = null,
    string? Name = null,
    ParticipantRole? Role = null,
    string? Title = null,
    WorkflowStatus? Status = null
)
{
    public static EventView Of(WorkflowEvent @event)
    {
        var view = new EventView(default, @event.WorkflowId.Value, @event.Sequence, @event.At, ActorView.Of(@event.Actor));
        return @event switch
        {
            MessagePosted posted => view with
            {
                Kind = EventKind.MessagePosted,
                MessageId = posted.MessageId.Value,
                Content = posted.Content,
                ReplyTo = posted.ReplyTo?.Value,
                ClientMessageId = posted.ClientMessageId,
            },
            MessageEdited edited => view with
            {
                Kind = EventKind.MessageEdited,
                MessageId = edited.MessageId.Value,
                Content = edited.Content,
            },
            MessageDeleted deleted => view with { Kind = EventKind.MessageDeleted, MessageId = deleted.MessageId.Value },
            ParticipantAdded added => view with
            {
                Kind = EventKind.ParticipantAdded,
                UserId = added.UserId.Value,
                Name = added.Name,
                Role = added.Role,
            },
            ParticipantRemoved removed => view with { Kind = EventKind.ParticipantRemoved, UserId = removed.UserId.Value },
            WorkflowRenamed renamed => view with { Kind = EventKind.WorkflowRenamed, Title = renamed.Title },
            WorkflowStatusChanged changed => view with { Kind = EventKind.WorkflowStatusChanged, Status = changed.Status },
            _ => throw new NotSupportedException($"No wire form for {@event.GetType().Name}."),
        };
    }
}

/// <summary>Who did it, with the name they had then. An agent's or the system's, where <c>kind</c> says so.</summary>
public sealed record ActorView(Guid Id, ActorKind Kind, string Name)
{
    public static ActorView Of(Actor actor) => new(actor.Id, actor.Kind, actor.Name);
}
