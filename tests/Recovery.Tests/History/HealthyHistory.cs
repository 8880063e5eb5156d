using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.History;

/// <summary>
/// A history as a correct server and correct clients make it, by a model of both: sends whose acks get lost, devices that
/// send the same message, edits, deletions, drops and lost pushes. The same seed gives the same history.
/// </summary>
internal sealed class HealthyHistory
{
    private const int Steps = 250;
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);

    private readonly Random _random;
    private readonly List<Device> _devices = [];
    private readonly Dictionary<Guid, Stored> _workflows = [];
    private readonly Dictionary<(Guid Author, string Key), Ack> _acks = [];
    private long _now;
    private long _ids;

    public HealthyHistory(int seed)
    {
        _random = new Random(seed);
        Actor[] people = [new(NewId(), "user", "Sarah"), new(NewId(), "user", "Marco"), new(NewId(), "user", "Wei")];
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var workflow = new Stored(NewId());
            _workflows.Add(workflow.Id, workflow);
            foreach (var person in people)
            {
                Commit(workflow, person, EventRecord.ParticipantAdded, @event => @event with { UserId = person.Id, Name = person.Name, Role = "owner" });
            }
        }

        // Sarah has two devices.
        foreach (var (person, place) in people.Append(people[0]).Select((person, place) => (person, place)))
        {
            var device = new Device($"device {place}", person);
            _devices.Add(device);
            Connect(device, isFirst: true);
        }

        Begin();
        for (var step = 0; step < Steps; step++)
        {
            Step();
        }

        Settle();
        Clients = [.. _devices.Select(device => new ClientHistory(device.Name, device.Person.Id, device.Entries, device.Final()))];
        Truth =
        [
            .. _workflows.Values.Select(workflow => new WorkflowTruth(
                workflow.Id,
                workflow.Log,
                Conversation.Load(workflow.Record(), workflow.State.Messages, workflow.Log.Count)
            )),
        ];
    }

    public List<ClientHistory> Clients { get; }

    public List<WorkflowTruth> Truth { get; }

    private Guid NewId() => new(0, 0, 0, BitConverter.GetBytes(++_ids));

    private DateTimeOffset Clock() => Start.AddMilliseconds(_now);

    private T Pick<T>(IReadOnlyList<T> list) => list[_random.Next(list.Count)];

    /// <summary>What each history has at least once, so that each way to break one finds something to break.</summary>
    private void Begin()
    {
        var (sarah, marco, workflow) = (_devices[0], _devices[1], _workflows.Values.First());
        Send(sarah, workflow, "both first");
        Send(marco, workflow, "both second");
        SendOnTwoDevices(workflow);
        SendWithLostAck(marco, workflow, stored: true);
        SendWithLostAck(marco, workflow, stored: false);
        RefuseForGood(marco, workflow);
        EditOwn(sarah);
        DeleteOwn(marco);
    }

    private void Step()
    {
        var device = Pick(_devices);
        var workflow = Pick([.. _workflows.Values]);
        switch (_random.Next(14))
        {
            case < 5:
                Send(device, workflow, $"text {_now}");
                break;
            case 5:
                SendWithLostAck(device, workflow, _random.Next(2) == 0);
                break;
            case 6:
                SendOnTwoDevices(workflow);
                break;
            case 7:
                RefuseForGood(device, workflow);
                break;
            case 8:
                RefusePassing(device, workflow);
                break;
            case 9:
                EditOwn(device);
                break;
            case 10:
                DeleteOwn(device);
                break;
            case 11:
                Drop(device);
                Connect(device, isFirst: false);
                break;
            case 12:
                Commit(workflow, device.Person, EventRecord.WorkflowRenamed, @event => @event with { Title = $"title {_now}" });
                break;
            default:
                LosePush(device);
                break;
        }

        foreach (var each in _devices)
        {
            Deliver(each, _random.Next(4));
        }
    }

    private void Settle()
    {
        foreach (var device in _devices)
        {
            Deliver(device, int.MaxValue);
            foreach (var workflow in _workflows.Values)
            {
                device.Entries.Add(new Announced(++_now, device.Connection, workflow.Id, workflow.Log.Count));
                CatchUp(device, workflow);
            }
        }
    }

    private EventRecord Commit(Stored workflow, Actor actor, string kind, Func<EventRecord, EventRecord> fill)
    {
        _now++;
        var @event = fill(new EventRecord(kind, workflow.Id, workflow.Log.Count + 1, Clock(), actor));
        workflow.Log.Add(@event);
        workflow.State.Apply(@event);
        foreach (var device in _devices)
        {
            device.Coming.Enqueue(@event);
        }

        return @event;
    }

    private Ack Post(Device device, Stored workflow, string key, string content)
    {
        if (_acks.TryGetValue((device.Person.Id, key), out var first))
        {
            return first with { Duplicate = true };
        }

        var received = Clock();
        var posted = Commit(
            workflow,
            device.Person,
            EventRecord.MessagePosted,
            @event => @event with { MessageId = NewId(), Content = content, ClientMessageId = key }
        );
        var ack = new Ack(workflow.Id, posted.MessageId!.Value, posted.Sequence, key, received, posted.At, Duplicate: false);
        _acks.Add((device.Person.Id, key), ack);
        return ack;
    }

    private string Queue(Device device, Stored workflow, string content, string? key = null)
    {
        key ??= $"key {++_ids}";
        device.Entries.Add(new SendQueued(++_now, workflow.Id, key, content, null));
        return key;
    }

    private long Begin(Device device, string key)
    {
        device.Entries.Add(new SendBegun(++_now, device.Connection, ++device.Calls, key));
        return device.Calls;
    }

    private void Answer(Device device, long call, Ack ack) => device.Entries.Add(new Acked(++_now, device.Connection, call, ack));

    private void Send(Device device, Stored workflow, string content)
    {
        var key = Queue(device, workflow, content);
        var call = Begin(device, key);
        Answer(device, call, Post(device, workflow, key, content));
    }

    private void SendWithLostAck(Device device, Stored workflow, bool stored)
    {
        var content = $"ack lost {_now}";
        var key = Queue(device, workflow, content);
        var call = Begin(device, key);
        if (stored)
        {
            Post(device, workflow, key, content);
        }

        device.Entries.Add(new OutcomeUnknown(++_now, device.Connection, call));
        Drop(device);
        Connect(device, isFirst: false);
        call = Begin(device, key);
        Answer(device, call, Post(device, workflow, key, content));
    }

    private void SendOnTwoDevices(Stored workflow)
    {
        var (first, second) = (_devices[0], _devices[^1]);
        var content = $"twice {_now}";
        var key = Queue(first, workflow, content);
        Queue(second, workflow, content, key);
        var (one, other) = (Begin(first, key), Begin(second, key));
        var ack = Post(second, workflow, key, content);
        Answer(first, one, ack with { Duplicate = true });
        Answer(second, other, ack);
    }

    private void RefuseForGood(Device device, Stored workflow)
    {
        var call = Begin(device, Queue(device, workflow, "too long"));
        device.Entries.Add(new Refused(++_now, device.Connection, call, "validation.failed", IsPassing: false));
    }

    private void RefusePassing(Device device, Stored workflow)
    {
        var content = $"later {_now}";
        var key = Queue(device, workflow, content);
        var call = Begin(device, key);
        device.Entries.Add(new Refused(++_now, device.Connection, call, "service.unavailable", IsPassing: true));
        call = Begin(device, key);
        Answer(device, call, Post(device, workflow, key, content));
    }

    private void EditOwn(Device device)
    {
        if (Own(device) is not { } message)
        {
            return;
        }

        var content = $"edited {_now}";
        device.Entries.Add(new EditBegun(++_now, device.Connection, ++device.Calls, message.WorkflowId, message.MessageId, content));
        var edited = Commit(
            _workflows[message.WorkflowId],
            device.Person,
            EventRecord.MessageEdited,
            @event => @event with { MessageId = message.MessageId, Content = content }
        );
        Answer(device, device.Calls, AckOf(edited, message));
    }

    private void DeleteOwn(Device device)
    {
        if (Own(device) is not { } message)
        {
            return;
        }

        device.Entries.Add(new DeleteBegun(++_now, device.Connection, ++device.Calls, message.WorkflowId, message.MessageId));
        var deleted = Commit(
            _workflows[message.WorkflowId],
            device.Person,
            EventRecord.MessageDeleted,
            @event => @event with { MessageId = message.MessageId }
        );
        Answer(device, device.Calls, AckOf(deleted, message));
    }

    private MessageRecord? Own(Device device)
    {
        MessageRecord[] own =
        [
            .. Pick([.. _workflows.Values]).State.Messages.Where(message => message.Author == device.Person && message.DeletedAt is null),
        ];
        return own.Length > 0 ? Pick(own) : null;
    }

    private Ack AckOf(EventRecord change, MessageRecord message) =>
        new(change.WorkflowId, message.MessageId, change.Sequence, message.ClientMessageId, Clock(), change.At, Duplicate: false);

    private void Connect(Device device, bool isFirst)
    {
        device.Connection++;
        var joined = isFirst ? [] : _workflows.Keys.ToList();
        device.Entries.Add(
            new Connected(++_now, device.Connection, isFirst ? null : device.Session, device.Session = NewId(), !isFirst, joined)
        );
        foreach (var workflow in _workflows.Values)
        {
            if (isFirst)
            {
                Join(device, workflow);
            }

            CatchUp(device, workflow);
        }
    }

    private void Join(Device device, Stored workflow)
    {
        var messages = workflow.State.Messages.Reverse().Take(50).ToList();
        var snapshot = new Snapshot(
            workflow.Record(),
            [.. workflow.State.Members],
            workflow.Log.Count,
            messages,
            workflow.State.Messages.Count > messages.Count
        );
        device.Entries.Add(new SnapshotTaken(++_now, device.Connection, workflow.Id, snapshot));
        device.Copies.Add(workflow.Id, Conversation.Of(snapshot));
    }

    private void CatchUp(Device device, Stored workflow)
    {
        var copy = device.Copies[workflow.Id];
        var events = workflow.Log.Skip((int)copy.LastSequence).ToList();
        var page = new EventPage(events, workflow.Log.Count, HasMore: false);
        device.Entries.Add(new PageTaken(++_now, device.Connection, workflow.Id, copy.LastSequence, page));
        events.ForEach(copy.Apply);
    }

    private void Drop(Device device)
    {
        device.Entries.Add(new Dropped(++_now, device.Connection, "reset"));
        device.Coming.Clear();
    }

    private static void LosePush(Device device) => device.Coming.TryDequeue(out _);

    private void Deliver(Device device, int atMost)
    {
        while (atMost-- > 0 && device.Coming.TryDequeue(out var @event))
        {
            device.Entries.Add(new Pushed(++_now, device.Connection, @event));
            var copy = device.Copies[@event.WorkflowId];
            if (@event.Sequence == copy.LastSequence + 1)
            {
                copy.Apply(@event);
            }
            else if (@event.Sequence > copy.LastSequence)
            {
                CatchUp(device, _workflows[@event.WorkflowId]);
            }
        }
    }

    private sealed class Stored(Guid id)
    {
        public Guid Id { get; } = id;

        public List<EventRecord> Log { get; } = [];

        public Conversation State { get; } = new(id);

        public WorkflowRecord Record() => new(Id, State.Title ?? "first title", State.Status, Log.Count, [.. State.Members]);
    }

    private sealed class Device(string name, Actor person)
    {
        public string Name { get; } = name;

        public Actor Person { get; } = person;

        public List<Entry> Entries { get; } = [];

        public Dictionary<Guid, Conversation> Copies { get; } = [];

        /// <summary>Pushes that are on their way.</summary>
        public Queue<EventRecord> Coming { get; } = new();

        public Guid Session { get; set; }

        public int Connection { get; set; }

        public long Calls { get; set; }

        public IReadOnlyList<Conversation> Final() => [.. Copies.Values];
    }
}
