using BmadServer.Domain.Common;
using BmadServer.Domain.Users;

namespace BmadServer.Domain.Workflows;

/// <summary>
/// A shared, durable conversation with a purpose. Every change of it takes the next sequence and raises the
/// <see cref="WorkflowEvent"/> that records it. Whoever changes one holds its lock, so sequences have neither gaps nor twins.
/// </summary>
public sealed class Workflow : Entity
{
    public const int MaximumTitleLength = 200;

    private Workflow() { }

    public WorkflowId Id { get; private init; }

    public string Title { get; private set; } = "";

    public WorkflowStatus Status { get; private set; }

    /// <summary>The sequence of the newest event.</summary>
    public long LastSequence { get; private set; }

    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>Whose personal workflow it is, if it is one: where their sends go before they join anything.</summary>
    public UserId? PersonalOf { get; private init; }

    public bool IsPersonal => PersonalOf is not null;

    public bool IsClosed => Status is WorkflowStatus.Completed or WorkflowStatus.Cancelled;

    public static (Workflow Workflow, Participant Owner) Create(UserId owner, string ownerName, string title, DateTimeOffset now) =>
        Create(owner, ownerName, title, personalOf: null, now);

    public static (Workflow Workflow, Participant Owner) CreatePersonal(UserId owner, string ownerName, DateTimeOffset now) =>
        Create(owner, ownerName, "Personal", owner, now);

    /// <param name="reply">The message answered, of this workflow, or null.</param>
    /// <exception cref="DomainException"><c>workflow.read_only</c>, <c>workflow.closed</c>.</exception>
    public Message Post(
        Participant author,
        string content,
        Message? reply,
        string? clientMessageId,
        DateTimeOffset receivedAt,
        DateTimeOffset now
    )
    {
        author.ThrowIfReadOnly();
        ThrowIfClosed();
        var posted = new MessagePosted
        {
            WorkflowId = Id,
            Sequence = NextSequence(),
            At = now,
            Actor = author.Actor,
            MessageId = MessageId.New(now),
            Content = content,
            ReplyTo = reply?.Id,
            ClientMessageId = clientMessageId,
        };
        Raise(posted);
        return Message.Create(posted, receivedAt);
    }

    /// <summary>Changes a message's text. The text it already has changes nothing, so that a repeat is harmless.</summary>
    /// <returns>Whether anything changed.</returns>
    /// <exception cref="DomainException">
    /// <c>workflow.read_only</c>, <c>workflow.closed</c>, <c>message.forbidden</c>, <c>message.deleted</c>.
    /// </exception>
    public bool Edit(Participant editor, Message message, string content, DateTimeOffset receivedAt, DateTimeOffset now)
    {
        editor.ThrowIfReadOnly();
        if (!message.IsBy(editor))
        {
            throw MessageErrors.NotYours();
        }

        if (message.IsDeleted)
        {
            throw MessageErrors.Deleted();
        }

        if (message.Content == content)
        {
            return false;
        }

        ThrowIfClosed();
        var edited = new MessageEdited
        {
            WorkflowId = Id,
            Sequence = NextSequence(),
            At = now,
            Actor = editor.Actor,
            MessageId = message.Id,
            Content = content,
        };
        Raise(edited);
        message.Apply(edited, receivedAt);
        return true;
    }

    /// <summary>Makes a tombstone of a message. Deleting it again changes nothing.</summary>
    /// <returns>Whether anything changed.</returns>
    /// <exception cref="DomainException"><c>workflow.read_only</c>, <c>workflow.closed</c>, <c>message.forbidden</c>.</exception>
    public bool Delete(Participant deleter, Message message, DateTimeOffset receivedAt, DateTimeOffset now)
    {
        deleter.ThrowIfReadOnly();
        if (!message.IsBy(deleter) && !deleter.IsOwner)
        {
            throw MessageErrors.NotYours();
        }

        if (message.IsDeleted)
        {
            return false;
        }

        ThrowIfClosed();
        var deleted = new MessageDeleted
        {
            WorkflowId = Id,
            Sequence = NextSequence(),
            At = now,
            Actor = deleter.Actor,
            MessageId = message.Id,
        };
        Raise(deleted);
        message.Apply(deleted, receivedAt);
        return true;
    }

    /// <exception cref="DomainException"><c>workflow.forbidden</c>.</exception>
    public void Rename(Participant owner, string title, DateTimeOffset now)
    {
        owner.ThrowIfNotOwner();
        if (Title == title)
        {
            return;
        }

        Title = title;
        Raise(
            new WorkflowRenamed
            {
                WorkflowId = Id,
                Sequence = NextSequence(),
                At = now,
                Actor = owner.Actor,
                Title = title,
            }
        );
    }

    /// <exception cref="DomainException">
    /// <c>workflow.forbidden</c>, <c>workflow.illegal_status</c>, <c>workflow.personal</c>.
    /// </exception>
    public void ChangeStatus(Participant owner, WorkflowStatus status, DateTimeOffset now)
    {
        owner.ThrowIfNotOwner();
        if (Status == status)
        {
            return;
        }

        if (IsPersonal)
        {
            throw WorkflowErrors.Personal();
        }

        if (IsClosed)
        {
            throw WorkflowErrors.IllegalStatus(Status, status);
        }

        Status = status;
        Raise(
            new WorkflowStatusChanged
            {
                WorkflowId = Id,
                Sequence = NextSequence(),
                At = now,
                Actor = owner.Actor,
                Status = status,
            }
        );
    }

    /// <exception cref="DomainException"><c>workflow.forbidden</c>, <c>workflow.personal</c>.</exception>
    public Participant AddParticipant(Participant owner, UserId user, string name, ParticipantRole role, DateTimeOffset now)
    {
        owner.ThrowIfNotOwner();
        if (IsPersonal)
        {
            throw WorkflowErrors.Personal();
        }

        return Admit(owner.Actor, user, name, role, now);
    }

    /// <summary>Records that a participant goes: sent away by an owner, or on their own.</summary>
    /// <param name="owners">How many owners the workflow has now.</param>
    /// <exception cref="DomainException"><c>workflow.forbidden</c>, <c>workflow.last_owner</c>.</exception>
    public void RemoveParticipant(Participant remover, Participant leaver, int owners, DateTimeOffset now)
    {
        if (remover.UserId != leaver.UserId)
        {
            remover.ThrowIfNotOwner();
        }

        if (leaver.IsOwner && owners <= 1)
        {
            throw WorkflowErrors.LastOwner();
        }

        Raise(
            new ParticipantRemoved
            {
                WorkflowId = Id,
                Sequence = NextSequence(),
                At = now,
                Actor = remover.Actor,
                UserId = leaver.UserId,
            }
        );
    }

    private static (Workflow, Participant) Create(UserId owner, string ownerName, string title, UserId? personalOf, DateTimeOffset now)
    {
        var workflow = new Workflow
        {
            Id = WorkflowId.New(now),
            Title = title,
            CreatedAt = now,
            PersonalOf = personalOf,
        };
        return (workflow, workflow.Admit(Actor.User(owner, ownerName), owner, ownerName, ParticipantRole.Owner, now));
    }

    private Participant Admit(Actor by, UserId user, string name, ParticipantRole role, DateTimeOffset now)
    {
        Raise(
            new ParticipantAdded
            {
                WorkflowId = Id,
                Sequence = NextSequence(),
                At = now,
                Actor = by,
                UserId = user,
                Name = name,
                Role = role,
            }
        );
        return Participant.Create(Id, user, name, role, now);
    }

    private long NextSequence() => ++LastSequence;

    private void ThrowIfClosed()
    {
        if (IsClosed)
        {
            throw WorkflowErrors.Closed();
        }
    }
}
