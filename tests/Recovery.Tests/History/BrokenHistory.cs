using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.History;

/// <summary>A healthy history with one thing in it that must not be, at a random place.</summary>
internal sealed class BrokenHistory
{
    private readonly Random _random;
    private readonly List<List<Entry>> _entries;
    private readonly List<WorkflowTruth> _truth;
    private readonly HealthyHistory _healthy;
    private readonly List<List<Conversation>> _finals;
    private readonly Dictionary<Acked, string> _keys = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, int> _attempts = [];

    public BrokenHistory(ViolationKind kind, int seed)
    {
        _random = new Random(seed);
        _healthy = new HealthyHistory(seed);
        _entries = [.. _healthy.Clients.Select(client => client.Entries.ToList())];
        _finals = [.. _healthy.Clients.Select(client => client.Final.ToList())];
        _truth = _healthy.Truth;
        foreach (var entries in _entries)
        {
            var begun = entries.OfType<SendBegun>().ToDictionary(call => call.Call);
            foreach (var call in begun.Values)
            {
                _attempts[call.Key] = _attempts.GetValueOrDefault(call.Key) + 1;
            }

            foreach (var acked in entries.OfType<Acked>().Where(acked => begun.ContainsKey(acked.Call)))
            {
                _keys.Add(acked, begun[acked.Call].Key);
            }
        }

        Break(kind);
    }

    public IReadOnlyList<Violation> Check() =>
        HistoryChecker.Check(
            [.. _healthy.Clients.Select((client, place) => client with { Entries = _entries[place], Final = _finals[place] })],
            _truth
        );

    private void Break(ViolationKind kind)
    {
        switch (kind)
        {
            case ViolationKind.AckedMissing:
                var lost = Pick(Entries<Acked>(IsSend));
                Log(lost.Entry.Ack.WorkflowId, log => log.RemoveAt((int)lost.Entry.Ack.Sequence - 1));
                break;
            case ViolationKind.StoredTwice:
                var twin = Pick(Logged(@event => @event.ClientMessageId is not null));
                Append(twin with { MessageId = Guid.CreateVersion7() });
                break;
            case ViolationKind.AcksDiffer:
                Replace(Duplicate(), acked => acked with { Ack = acked.Ack with { ReceivedAt = acked.Ack.ReceivedAt.AddSeconds(1) } });
                break;
            case ViolationKind.DuplicateWithoutFirst:
                var only = Pick(Entries<Acked>(acked => AttemptsOf(acked) == 1));
                Replace(only, acked => acked with { Ack = acked.Ack with { Duplicate = true } });
                break;
            case ViolationKind.FirstTwice:
                Replace(Duplicate(), acked => acked with { Ack = acked.Ack with { Duplicate = false } });
                break;
            case ViolationKind.AckUntrue:
                Replace(Pick(Entries<Acked>()), Lie);
                break;
            case ViolationKind.AckOrder:
                var (earlier, later) = PickPair(SendsOfOneConnection());
                Exchange(earlier, later);
                break;
            case ViolationKind.RealTimeOrder:
                var (first, second) = PickPair(SendsOfTwoClients());
                Exchange(first, second);
                break;
            case ViolationKind.RefusedButStored:
                StoreRefused();
                break;
            case ViolationKind.SendUnresolved:
                var unanswered = Pick(Entries<Acked>(IsSend));
                _entries[unanswered.Client].Remove(unanswered.Entry);
                break;
            case ViolationKind.NeverSent:
                Append(Pick(Logged(@event => @event.ClientMessageId is not null)) with { MessageId = Guid.CreateVersion7(), ClientMessageId = "unheard of" });
                break;
            case ViolationKind.LogGap:
                Log(PickWorkflow(), log => log.RemoveAt(_random.Next(log.Count - 1)));
                break;
            case ViolationKind.LogTwin:
                Log(PickWorkflow(), log => log.Insert(_random.Next(log.Count), Pick(log)));
                break;
            case ViolationKind.LogDisordered:
                Log(PickWorkflow(), log => log.Reverse(_random.Next(log.Count - 2), 2));
                break;
            case ViolationKind.SeenButNotInLog:
                var seen = Pick(Entries<Pushed>(pushed => pushed.Event.Kind == EventRecord.MessagePosted));
                Replace(seen, pushed => pushed with { Event = pushed.Event with { MessageId = Guid.CreateVersion7() } });
                break;
            case ViolationKind.OrderDiffers:
                var moved = Pick(Entries<Pushed>(pushed => pushed.Event.Sequence > 1));
                Replace(moved, pushed => pushed with { Event = pushed.Event with { Sequence = pushed.Event.Sequence - 1 } });
                break;
            case ViolationKind.ContentDiffers:
                var read = Pick(Entries<Pushed>(pushed => pushed.Event.Content is not null));
                Replace(read, pushed => pushed with { Event = pushed.Event with { Content = pushed.Event.Content + "?" } });
                break;
            case ViolationKind.PushOutOfOrder:
                var again = Pick(Entries<Pushed>());
                _entries[again.Client].Insert(again.Place + 1, again.Entry);
                break;
            case ViolationKind.AnnouncedBeyondLog:
                Replace(Pick(Entries<Announced>()), announced => announced with { LastSequence = announced.LastSequence + 1 });
                break;
            case ViolationKind.PageBroken:
                Replace(Pick(Entries<PageTaken>(taken => taken.Page.Events.Count > 0)), BreakPage);
                break;
            case ViolationKind.SnapshotUntrue:
                Replace(Pick(Entries<SnapshotTaken>()), BreakSnapshot);
                break;
            case ViolationKind.IncompleteAtEnd:
                Final(workflow => Conversation.Replay(workflow.WorkflowId, workflow.Log.SkipLast(1 + _random.Next(5))));
                break;
            case ViolationKind.FinalStateDiffers:
                Final(workflow => Conversation.Replay(workflow.WorkflowId, Forge(workflow.Log)));
                break;
            case ViolationKind.LogStateDiffers:
                var wrong = _random.Next(_truth.Count);
                _truth[wrong] = _truth[wrong] with { Fresh = Conversation.Replay(_truth[wrong].WorkflowId, Forge(_truth[wrong].Log)) };
                break;
            case ViolationKind.SessionLost:
                Replace(Pick(Entries<Connected>(connected => connected.Restored)), connected => connected with { Restored = false });
                break;
            case ViolationKind.WorkflowForgotten:
                Replace(
                    Pick(Entries<Connected>(connected => connected.Restored)),
                    connected => connected with { Joined = [.. connected.Joined.Skip(1)] }
                );
                break;
            default:
                throw new NotSupportedException($"No way to break a history by {kind}.");
        }
    }

    private T Pick<T>(IReadOnlyList<T> list) => list[_random.Next(list.Count)];

    private (Found<Acked> First, Found<Acked> Second) PickPair(List<Found<Acked>> sends)
    {
        var place = _random.Next(sends.Count - 1);
        return (sends[place], sends[place + 1]);
    }

    private Guid PickWorkflow() => Pick(_truth).WorkflowId;

    private List<EventRecord> Logged(Func<EventRecord, bool> isMeant) => [.. _truth.SelectMany(workflow => workflow.Log).Where(isMeant)];

    private List<Found<T>> Entries<T>(Func<T, bool>? isMeant = null)
        where T : Entry
    {
        var found =
            from client in Enumerable.Range(0, _entries.Count)
            from place in Enumerable.Range(0, _entries[client].Count)
            let entry = _entries[client][place] as T
            where entry is not null && isMeant?.Invoke(entry) != false
            select new Found<T>(client, place, entry);
        return [.. found];
    }

    private void Replace<T>(Found<T> found, Func<T, T> change)
        where T : Entry => _entries[found.Client][found.Place] = change(found.Entry);

    private void Log(Guid workflow, Action<List<EventRecord>> change)
    {
        var place = _truth.FindIndex(truth => truth.WorkflowId == workflow);
        var log = _truth[place].Log.ToList();
        change(log);
        _truth[place] = _truth[place] with { Log = log };
    }

    private void Append(EventRecord @event) =>
        Log(@event.WorkflowId, log => log.Add(@event with { Sequence = log.Count + 1 }));

    private bool IsSend(Acked acked) => _keys.ContainsKey(acked);

    private int AttemptsOf(Acked acked) => _keys.TryGetValue(acked, out var key) ? _attempts[key] : 0;

    /// <summary>An ack of a message that another ack says to have stored.</summary>
    private Found<Acked> Duplicate()
    {
        var firsts = _keys.Keys.Where(acked => !acked.Ack.Duplicate).Select(acked => acked.Ack.MessageId).ToHashSet();
        return Pick(Entries<Acked>(acked => acked.Ack.Duplicate && firsts.Contains(acked.Ack.MessageId)));
    }

    private Acked Lie(Acked acked) =>
        acked with
        {
            Ack = _random.Next(2) == 0
                ? acked.Ack with { Sequence = acked.Ack.Sequence == 1 ? 2 : acked.Ack.Sequence - 1 }
                : acked.Ack with { CommittedAt = acked.Ack.CommittedAt.AddTicks(10) },
        };

    private List<Found<Acked>> FirstSends() => Entries<Acked>(acked => !acked.Ack.Duplicate && AttemptsOf(acked) == 1);

    private List<Found<Acked>> SendsOfOneConnection() =>
        FirstSends()
            .GroupBy(found => (found.Client, found.Entry.Connection, found.Entry.Ack.WorkflowId))
            .Where(group => group.Count() > 1)
            .MaxBy(group => group.Count())!
            .ToList();

    private List<Found<Acked>> SendsOfTwoClients()
    {
        var sends = FirstSends().GroupBy(found => found.Entry.Ack.WorkflowId).MaxBy(group => group.Count())!.OrderBy(found => found.Entry.At).ToList();
        var place = Enumerable.Range(0, sends.Count - 1).First(place => sends[place].Client != sends[place + 1].Client);
        return sends[place..(place + 2)];
    }

    private void Exchange(Found<Acked> one, Found<Acked> other)
    {
        var (first, second) = (one.Entry.Ack.Sequence, other.Entry.Ack.Sequence);
        Replace(one, acked => acked with { Ack = acked.Ack with { Sequence = second } });
        Replace(other, acked => acked with { Ack = acked.Ack with { Sequence = first } });
    }

    private void StoreRefused()
    {
        var refused = Pick(Entries<Refused>(refused => !refused.IsPassing));
        var key = _entries[refused.Client].OfType<SendBegun>().Single(begun => begun.Call == refused.Entry.Call).Key;
        var queued = _entries[refused.Client].OfType<SendQueued>().Single(queued => queued.Key == key);
        var author = _healthy.Clients[refused.Client].UserId;
        Append(
            Pick(Logged(@event => @event.WorkflowId == queued.WorkflowId && @event.ClientMessageId is not null)) with
            {
                MessageId = Guid.CreateVersion7(),
                Actor = new Actor(author, "user", "somebody"),
                Content = queued.Content,
                ClientMessageId = key,
            }
        );
    }

    private PageTaken BreakPage(PageTaken taken) =>
        taken with
        {
            Page = _random.Next(3) switch
            {
                0 => taken.Page with { HasMore = true },
                1 => taken.Page with { Events = [.. taken.Page.Events.Skip(1)] },
                _ => taken.Page with { Events = [.. taken.Page.Events.SkipLast(1)] },
            },
        };

    private SnapshotTaken BreakSnapshot(SnapshotTaken taken) =>
        taken with
        {
            Snapshot = _random.Next(2) == 0
                ? taken.Snapshot with { Participants = [.. taken.Snapshot.Participants.Skip(1)] }
                : taken.Snapshot with { LastSequence = taken.Snapshot.LastSequence - 1 },
        };

    private void Final(Func<WorkflowTruth, Conversation> make)
    {
        var client = _random.Next(_finals.Count);
        var place = _random.Next(_finals[client].Count);
        var workflow = _truth.Single(truth => truth.WorkflowId == _finals[client][place].WorkflowId);
        _finals[client][place] = make(workflow);
    }

    /// <summary>The log as somebody has it who missed that the text of a message was another one.</summary>
    private List<EventRecord> Forge(IReadOnlyList<EventRecord> log)
    {
        var gone = log.Where(@event => @event.Kind == EventRecord.MessageDeleted).Select(@event => @event.MessageId).ToHashSet();
        var shown = log.Where(@event => @event.Content is not null && !gone.Contains(@event.MessageId)).GroupBy(@event => @event.MessageId);
        var victim = Pick([.. shown.Select(changes => changes.Last())]);
        return [.. log.Select(@event => @event == victim ? @event with { Content = "another text" } : @event)];
    }

    private readonly record struct Found<T>(int Client, int Place, T Entry);
}
