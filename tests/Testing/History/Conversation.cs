namespace BmadServer.Testing.History;

/// <summary>What somebody who has a workflow open sees: from a snapshot, a load or the log, moved on by events.</summary>
public sealed class Conversation(Guid workflowId)
{
    private readonly SortedDictionary<long, MessageRecord> _messages = [];
    private readonly Dictionary<Guid, long> _places = [];
    private readonly Dictionary<Guid, Member> _members = [];

    public Guid WorkflowId { get; } = workflowId;

    /// <summary>Of the newest event that is in it.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Messages before this sequence may be missing.</summary>
    public long CompleteFrom { get; private set; }

    /// <summary>Null while nobody said: the log does not tell the first one.</summary>
    public string? Title { get; private set; }

    public string Status { get; private set; } = "active";

    /// <summary>In the order of the conversation.</summary>
    public IReadOnlyCollection<MessageRecord> Messages => _messages.Values;

    public IReadOnlyCollection<Member> Members => _members.Values;

    public static Conversation Of(Snapshot snapshot)
    {
        var oldest = snapshot.Messages.Count > 0 ? snapshot.Messages.Min(message => message.Sequence) : 0;
        return Load(
            snapshot.Workflow with
            {
                Participants = snapshot.Participants,
            },
            snapshot.Messages,
            snapshot.LastSequence,
            completeFrom: snapshot.HasMoreMessages ? oldest : 0
        );
    }

    public static Conversation Load(
        WorkflowRecord workflow,
        IEnumerable<MessageRecord> messages,
        long lastSequence,
        long completeFrom = 0
    )
    {
        var loaded = new Conversation(workflow.Id)
        {
            Title = workflow.Title,
            Status = workflow.Status,
            LastSequence = lastSequence,
            CompleteFrom = completeFrom,
        };
        foreach (var member in workflow.Participants)
        {
            loaded._members[member.UserId] = member;
        }

        foreach (var message in messages)
        {
            loaded.Put(message);
        }

        return loaded;
    }

    public static Conversation Replay(Guid workflowId, IEnumerable<EventRecord> log)
    {
        var conversation = new Conversation(workflowId);
        foreach (var @event in log)
        {
            conversation.Apply(@event);
        }

        return conversation;
    }

    /// <summary>Moves on by the next event, whichever it is: that it is the next is for others to see to.</summary>
    public void Apply(EventRecord @event)
    {
        LastSequence = @event.Sequence;
        switch (@event.Kind)
        {
            case EventRecord.MessagePosted:
                Put(
                    new MessageRecord(
                        @event.MessageId!.Value,
                        @event.WorkflowId,
                        @event.Sequence,
                        @event.Actor,
                        @event.Content!,
                        @event.ReplyTo,
                        @event.ClientMessageId,
                        @event.At,
                        EditedAt: null,
                        DeletedAt: null
                    )
                );
                break;
            case EventRecord.MessageEdited:
                Change(@event, message => message with { Content = @event.Content!, EditedAt = @event.At });
                break;
            case EventRecord.MessageDeleted:
                Change(@event, message => message with { Content = string.Empty, DeletedAt = @event.At });
                break;
            case EventRecord.ParticipantAdded:
                _members[@event.UserId!.Value] = new Member(@event.UserId.Value, @event.Name!, @event.Role!);
                break;
            case EventRecord.ParticipantRemoved:
                _members.Remove(@event.UserId!.Value);
                break;
            case EventRecord.WorkflowRenamed:
                Title = @event.Title;
                break;
            case EventRecord.WorkflowStatusChanged:
                Status = @event.Status!;
                break;
        }
    }

    /// <summary>What is different, in words; nothing when both show the same where both are complete.</summary>
    public IEnumerable<string> DifferencesTo(Conversation other)
    {
        var from = Math.Max(CompleteFrom, other.CompleteFrom);
        if (Title is not null && other.Title is not null && Title != other.Title)
        {
            yield return $"the title is '{Title}' and not '{other.Title}'";
        }

        if (Status != other.Status)
        {
            yield return $"the status is {Status} and not {other.Status}";
        }

        if (!_members.Values.ToHashSet().SetEquals(other._members.Values))
        {
            yield return "the participants differ";
        }

        foreach (var sequence in _messages.Keys.Union(other._messages.Keys).Where(sequence => sequence >= from).Order())
        {
            var mine = _messages.GetValueOrDefault(sequence);
            var theirs = other._messages.GetValueOrDefault(sequence);
            if (mine != theirs)
            {
                yield return $"message #{sequence} is {mine?.ToString() ?? "missing"} and not {theirs?.ToString() ?? "missing"}";
            }
        }
    }

    private void Put(MessageRecord message)
    {
        _messages[message.Sequence] = message;
        _places[message.MessageId] = message.Sequence;
    }

    /// <summary>A change to a message before <see cref="CompleteFrom"/> changes nothing that is shown.</summary>
    private void Change(EventRecord @event, Func<MessageRecord, MessageRecord> change)
    {
        if (@event.MessageId is { } id && _places.TryGetValue(id, out var place))
        {
            _messages[place] = change(_messages[place]);
        }
    }
}
