using static BmadServer.Testing.History.ViolationKind;

namespace BmadServer.Testing.History;

/// <summary>
/// Decides whether what all clients did and saw agrees with what the server promises and holds at the end. It knows nothing
/// about faults: whatever happened in between, the same must be true.
/// </summary>
public sealed class HistoryChecker
{
    private readonly IReadOnlyList<ClientHistory> _clients;
    private readonly Dictionary<Guid, Log> _logs;
    private readonly List<Violation> _violations = [];

    private HistoryChecker(IReadOnlyList<ClientHistory> clients, IReadOnlyList<WorkflowTruth> truth)
    {
        _clients = clients;
        _logs = truth.ToDictionary(workflow => workflow.WorkflowId, workflow => new Log(workflow));
    }

    /// <returns>What is wrong; nothing for a history that keeps the promises.</returns>
    public static IReadOnlyList<Violation> Check(IReadOnlyList<ClientHistory> clients, IReadOnlyList<WorkflowTruth> truth)
    {
        var checker = new HistoryChecker(clients, truth);
        checker.CheckLogs();
        checker.CheckSends();
        checker.CheckChanges();
        checker.CheckOrderOfAcks();
        foreach (var client in clients)
        {
            checker.CheckWhatWasSeen(client);
            checker.CheckSessions(client);
            checker.CheckEnd(client);
        }

        checker.CheckSnapshots();
        return checker._violations;
    }

    /// <summary>Empty for a workflow that no client should have heard of.</summary>
    private Log LogOf(Guid workflow) =>
        _logs.GetValueOrDefault(workflow) ?? new Log(new WorkflowTruth(workflow, [], new Conversation(workflow)));

    private void Add(ViolationKind kind, string text) => _violations.Add(new Violation(kind, text));

    private void CheckLogs()
    {
        foreach (var log in _logs.Values)
        {
            var seen = new HashSet<long>();
            long before = 0;
            foreach (var @event in log.Events)
            {
                if (!seen.Add(@event.Sequence))
                {
                    Add(LogTwin, $"{@event} and {log.At(@event.Sequence)}");
                }
                else if (@event.Sequence < before)
                {
                    Add(LogDisordered, $"{@event} comes after #{before}");
                }

                before = @event.Sequence;
            }

            for (var sequence = 1L; sequence <= log.LastSequence; sequence++)
            {
                if (log.At(sequence) is null)
                {
                    Add(LogGap, $"workflow {log.WorkflowId} has no event #{sequence}, and {log.LastSequence} is its last");
                }
            }

            foreach (var difference in Conversation.Replay(log.WorkflowId, log.Events).DifferencesTo(log.Fresh))
            {
                Add(LogStateDiffers, $"workflow {log.WorkflowId}, log against a fresh load: {difference}");
            }
        }

        var posted = _logs.Values.SelectMany(log => log.Events).Where(IsKeyed).GroupBy(KeyOf);
        foreach (var twice in posted.Where(group => group.Select(@event => @event.MessageId).Distinct().Count() > 1))
        {
            Add(StoredTwice, $"key {twice.Key.Key}: {string.Join("; ", twice)}");
        }
    }

    private void CheckSends()
    {
        var stored = new Dictionary<SendKey, EventRecord>();
        foreach (var @event in _logs.Values.SelectMany(log => log.Events).Where(IsKeyed))
        {
            stored.TryAdd(KeyOf(@event), @event);
        }

        var sends = Sends();
        foreach (var (key, send) in sends)
        {
            CheckSend(key, send, stored.GetValueOrDefault(key));
        }

        var authors = _clients.Select(client => client.UserId).ToHashSet();
        foreach (var (key, @event) in stored.Where(pair => authors.Contains(pair.Key.Author)))
        {
            if (!sends.TryGetValue(key, out var send) || !send.Queued.Any(queued => IsPostOf(@event, queued)))
            {
                Add(NeverSent, $"{@event} by {@event.Actor.Id}");
            }
        }
    }

    /// <summary>The sends of all clients by author and key: two devices of one user may send one message.</summary>
    private Dictionary<SendKey, Send> Sends()
    {
        var sends = new Dictionary<SendKey, Send>();
        foreach (var client in _clients)
        {
            var attempts = new Dictionary<long, Attempt>();
            foreach (var entry in client.Entries)
            {
                switch (entry)
                {
                    case SendQueued queued:
                        var key = new SendKey(client.UserId, queued.Key);
                        if (!sends.TryGetValue(key, out var send))
                        {
                            sends.Add(key, send = new Send());
                        }

                        send.Queued.Add(queued);
                        send.Unresolved.Add(client.Name);
                        break;
                    case SendBegun begun:
                        var attempt = new Attempt(client.Name, begun);
                        attempts.Add(begun.Call, attempt);
                        sends[new SendKey(client.UserId, begun.Key)].Attempts.Add(attempt);
                        break;
                    case Outcome outcome when attempts.TryGetValue(outcome.Call, out var ended):
                        ended.Outcome = outcome;
                        if (outcome is Acked or Refused { IsPassing: false })
                        {
                            sends[new SendKey(client.UserId, ended.Begun.Key)].Unresolved.Remove(client.Name);
                        }

                        break;
                }
            }
        }

        return sends;
    }

    private void CheckSend(SendKey key, Send send, EventRecord? stored)
    {
        foreach (var name in send.Unresolved)
        {
            Add(SendUnresolved, $"key {key.Key} of {name}");
        }

        var acks = send.Attempts.Select(attempt => attempt.Outcome).OfType<Acked>().ToList();
        foreach (var (ack, attempt) in send.Attempts.Where(attempt => attempt.Outcome is Acked).Select(attempt => (((Acked)attempt.Outcome!).Ack, attempt)))
        {
            CheckAckOfSend(key, send, ack, attempt.Client);
        }

        if (acks.Select(acked => acked.Ack with { Duplicate = false }).Distinct().Count() > 1)
        {
            Add(AcksDiffer, $"key {key.Key}: {string.Join("; ", acks.Select(acked => acked.Ack))}");
        }

        if (acks.Count(acked => !acked.Ack.Duplicate) > 1)
        {
            Add(FirstTwice, $"key {key.Key}: {string.Join("; ", acks.Select(acked => acked.Ack))}");
        }

        foreach (var acked in acks.Where(acked => acked.Ack.Duplicate))
        {
            if (!send.Attempts.Any(other => other.Outcome != acked && other.Begun.At < acked.At && other.MayHaveStored))
            {
                Add(DuplicateWithoutFirst, $"key {key.Key}: {acked.Ack}");
            }
        }

        if (stored is not null && !send.Attempts.Any(attempt => attempt.MayHaveStored || attempt.Outcome is Acked))
        {
            var isSame = send.Queued.Any(queued => IsPostOf(stored, queued));
            if (isSame && send.Attempts.Any(attempt => attempt.Outcome is Refused))
            {
                Add(RefusedButStored, $"key {key.Key}: {stored}");
            }
        }
    }

    private void CheckAckOfSend(SendKey key, Send send, Ack ack, string client)
    {
        if (!_logs.TryGetValue(ack.WorkflowId, out var log))
        {
            Add(AckUntrue, $"{client} was told of a workflow that it did not send to: {ack}");
            return;
        }

        if (!log.Has(EventRecord.MessagePosted, ack.MessageId))
        {
            Add(AckedMissing, $"{client}, key {key.Key}: {ack}");
            return;
        }

        var isTrue =
            log.At(ack.Sequence) is { Kind: EventRecord.MessagePosted } @event
            && @event.MessageId == ack.MessageId
            && @event.ClientMessageId == key.Key
            && @event.At == ack.CommittedAt
            && @event.Actor.Id == key.Author
            && ack.ClientMessageId == key.Key
            && send.Queued.Any(queued => IsPostOf(@event, queued));
        if (!isTrue)
        {
            Add(AckUntrue, $"{client} was told {ack}, and the log has {log.At(ack.Sequence)}");
        }
    }

    /// <summary>Acks of edits and deletions.</summary>
    private void CheckChanges()
    {
        foreach (var client in _clients)
        {
            var begun = client.Entries.OfType<CallBegun>().Where(call => call is EditBegun or DeleteBegun).ToDictionary(call => call.Call);
            foreach (var acked in client.Entries.OfType<Acked>())
            {
                if (begun.TryGetValue(acked.Call, out var call))
                {
                    CheckAckOfChange(client.Name, call, acked.Ack);
                }
            }
        }
    }

    private void CheckAckOfChange(string client, CallBegun call, Ack ack)
    {
        var (workflow, message, kind, content) = call switch
        {
            EditBegun edit => (edit.WorkflowId, edit.MessageId, EventRecord.MessageEdited, edit.Content),
            DeleteBegun delete => (delete.WorkflowId, delete.MessageId, EventRecord.MessageDeleted, null),
            _ => throw new NotSupportedException(call.GetType().Name),
        };
        var log = LogOf(workflow);
        if (log.At(ack.Sequence) is not { } @event)
        {
            Add(AckedMissing, $"{client}, {kind} of {message}: {ack}");
            return;
        }

        // An edit to the text that the message has already answers the ack of its newest change, which may be its post.
        var isKind = @event.Kind == kind || (ack.Duplicate && call is EditBegun && @event.Kind == EventRecord.MessagePosted);
        if (
            !isKind
            || ack.MessageId != message
            || @event.MessageId != message
            || @event.Content != content
            || @event.At != ack.CommittedAt
        )
        {
            Add(AckUntrue, $"{client}, {kind} of {message}, was told {ack}, and the log has {@event}");
        }
    }

    private void CheckOrderOfAcks()
    {
        var firsts = new List<(long Begun, long Acked, Ack Ack)>();
        foreach (var client in _clients)
        {
            var answers = client.Entries.OfType<Acked>().Where(acked => !acked.Ack.Duplicate).ToDictionary(acked => acked.Call);
            var begunFirst = new Dictionary<string, long>();
            var last = new Dictionary<(int Connection, Guid Workflow), Ack>();
            foreach (var begun in client.Entries.OfType<SendBegun>())
            {
                begunFirst.TryAdd(begun.Key, begun.At);
                if (!answers.TryGetValue(begun.Call, out var acked))
                {
                    continue;
                }

                firsts.Add((begunFirst[begun.Key], acked.At, acked.Ack));
                var lane = (begun.Connection, acked.Ack.WorkflowId);
                if (last.TryGetValue(lane, out var before) && before.Sequence >= acked.Ack.Sequence)
                {
                    Add(AckOrder, $"{client.Name}, connection {begun.Connection}: {acked.Ack} was sent after {before}");
                }

                last[lane] = acked.Ack;
            }
        }

        CheckRealTimeOrder(firsts);
    }

    private void CheckRealTimeOrder(List<(long Begun, long Acked, Ack Ack)> firsts)
    {
        // A message that two devices send is begun when the first of them begins.
        var begun = firsts.GroupBy(first => first.Ack.MessageId).Select(group => group.MinBy(first => first.Begun));
        foreach (var workflow in begun.GroupBy(first => first.Ack.WorkflowId))
        {
            var acked = new Queue<(long Begun, long Acked, Ack Ack)>(workflow.OrderBy(first => first.Acked));
            Ack? highest = null;
            foreach (var first in workflow.OrderBy(first => first.Begun))
            {
                while (acked.TryPeek(out var earlier) && earlier.Acked < first.Begun)
                {
                    acked.Dequeue();
                    highest = highest is null || earlier.Ack.Sequence > highest.Sequence ? earlier.Ack : highest;
                }

                if (highest is not null && highest.Sequence > first.Ack.Sequence)
                {
                    Add(RealTimeOrder, $"{first.Ack} was sent after {highest} had been acknowledged");
                }
            }
        }
    }

    private void CheckWhatWasSeen(ClientHistory client)
    {
        var last = new Dictionary<(int Connection, Guid Workflow), long>();
        foreach (var entry in client.Entries)
        {
            switch (entry)
            {
                case Pushed { Event: var @event } pushed:
                    CheckEvent(client, @event, "pushed");
                    var lane = (pushed.Connection, @event.WorkflowId);
                    if (last.TryGetValue(lane, out var before) && before >= @event.Sequence)
                    {
                        Add(PushOutOfOrder, $"{client.Name}, connection {pushed.Connection}: {@event} after #{before}");
                    }

                    last[lane] = @event.Sequence;
                    break;
                case PageTaken taken:
                    CheckPage(client, taken);
                    break;
                case Announced announced when announced.LastSequence > LogOf(announced.WorkflowId).LastSequence:
                    Add(AnnouncedBeyondLog, $"{client.Name}: #{announced.LastSequence} of {announced.WorkflowId}");
                    break;
            }
        }
    }

    private void CheckEvent(ClientHistory client, EventRecord seen, string how)
    {
        var log = LogOf(seen.WorkflowId);
        var stored = log.At(seen.Sequence);
        if (ReferenceEquals(stored, seen) || stored == seen)
        {
            return;
        }

        if (stored is not null && Identity.Of(stored) == Identity.Of(seen))
        {
            Add(ContentDiffers, $"{client.Name} was {how} {seen with { ClientMessageId = null }}: '{seen.Content}' at {seen.At:O}, and the log has '{stored.Content}' at {stored.At:O}");
        }
        else if (log.Events.FirstOrDefault(other => Identity.Of(other) == Identity.Of(seen) && other.At == seen.At) is { } elsewhere)
        {
            Add(OrderDiffers, $"{client.Name} was {how} {seen}, and the log has it at #{elsewhere.Sequence}");
        }
        else
        {
            Add(SeenButNotInLog, $"{client.Name} was {how} {seen}");
        }
    }

    private void CheckPage(ClientHistory client, PageTaken taken)
    {
        var (events, lastSequence, hasMore) = (taken.Page.Events, taken.Page.LastSequence, taken.Page.HasMore);
        var expected = taken.After;
        var isBroken = hasMore && events.Count == 0;
        foreach (var @event in events)
        {
            CheckEvent(client, @event, "given");
            isBroken |= @event.Sequence != ++expected || @event.WorkflowId != taken.WorkflowId;
        }

        isBroken |= hasMore ? expected >= lastSequence : expected < lastSequence;
        isBroken |= lastSequence > LogOf(taken.WorkflowId).LastSequence;
        if (isBroken)
        {
            Add(PageBroken, $"{client.Name}, after #{taken.After} of {taken.WorkflowId}: {events.Count} events, {lastSequence}, {hasMore}");
        }
    }

    private void CheckSnapshots()
    {
        var snapshots = _clients
            .SelectMany(client => client.Entries.OfType<SnapshotTaken>().Select(taken => (client.Name, taken.WorkflowId, taken.Snapshot)))
            .GroupBy(taken => taken.WorkflowId);
        foreach (var workflow in snapshots)
        {
            var log = LogOf(workflow.Key);
            var state = new Conversation(workflow.Key);
            var next = 0;
            foreach (var (name, _, snapshot) in workflow.OrderBy(taken => taken.Snapshot.LastSequence))
            {
                while (next < log.Events.Count && log.Events[next].Sequence <= snapshot.LastSequence)
                {
                    state.Apply(log.Events[next++]);
                }

                var newestFirst = snapshot.Messages.Zip(snapshot.Messages.Skip(1)).All(pair => pair.First.Sequence > pair.Second.Sequence);
                var difference = newestFirst ? Conversation.Of(snapshot).DifferencesTo(state).FirstOrDefault() : "it is not newest first";
                if (difference is not null || snapshot.LastSequence > log.LastSequence)
                {
                    Add(SnapshotUntrue, $"{name}, #{snapshot.LastSequence} of {workflow.Key}: {difference ?? "it is beyond the log"}");
                }
            }
        }
    }

    private void CheckSessions(ClientHistory client)
    {
        var open = new HashSet<Guid>();
        foreach (var entry in client.Entries)
        {
            switch (entry)
            {
                case SnapshotTaken taken:
                    open.Add(taken.WorkflowId);
                    break;
                case WorkflowLeft left:
                    open.Remove(left.WorkflowId);
                    break;
                case Connected { Asked: { } asked, Restored: false } fresh:
                    Add(SessionLost, $"{client.Name} asked for {asked} and got {fresh.Session}");
                    open.Clear();
                    break;
                case Connected { Restored: true } restored when open.Except(restored.Joined).ToList() is { Count: > 0 } forgotten:
                    Add(WorkflowForgotten, $"{client.Name}, session {restored.Session}: {string.Join(", ", forgotten)}");
                    break;
            }
        }
    }

    private void CheckEnd(ClientHistory client)
    {
        foreach (var final in client.Final)
        {
            var log = LogOf(final.WorkflowId);
            if (final.LastSequence != log.LastSequence)
            {
                Add(IncompleteAtEnd, $"{client.Name} has #{final.LastSequence} of {final.WorkflowId}, and #{log.LastSequence} is its last");
                continue;
            }

            if (final.DifferencesTo(log.Fresh).FirstOrDefault() is { } difference)
            {
                Add(FinalStateDiffers, $"{client.Name}, {final.WorkflowId}: {difference}");
            }
        }
    }

    private static bool IsKeyed(EventRecord @event) =>
        @event is { Kind: EventRecord.MessagePosted, ClientMessageId: not null };

    private static SendKey KeyOf(EventRecord @event) => new(@event.Actor.Id, @event.ClientMessageId!);

    private static bool IsPostOf(EventRecord @event, SendQueued queued) =>
        @event.WorkflowId == queued.WorkflowId && @event.Content == queued.Content && @event.ReplyTo == queued.ReplyTo;

    private readonly record struct SendKey(Guid Author, string Key);

    /// <summary>What makes two events the same one, whatever else they say.</summary>
    private readonly record struct Identity(string Kind, Guid? Message, Guid? User)
    {
        public static Identity Of(EventRecord @event) => new(@event.Kind, @event.MessageId, @event.UserId);
    }

    private sealed class Send
    {
        public List<SendQueued> Queued { get; } = [];

        public List<Attempt> Attempts { get; } = [];

        /// <summary>The clients that still wait for an answer.</summary>
        public HashSet<string> Unresolved { get; } = [];
    }

    private sealed class Attempt(string client, SendBegun begun)
    {
        public string Client { get; } = client;

        public SendBegun Begun { get; } = begun;

        /// <summary>Null while it is under way.</summary>
        public Outcome? Outcome { get; set; }

        /// <summary>An answer that never came, or that was only about the server's state, says nothing about the commit.</summary>
        public bool MayHaveStored => Outcome is null or OutcomeUnknown or Refused { IsPassing: true } or Acked { Ack.Duplicate: false };
    }

    private sealed class Log
    {
        private readonly Dictionary<long, EventRecord> _bySequence = [];
        private readonly HashSet<(string Kind, Guid Message)> _messages = [];

        public Log(WorkflowTruth truth)
        {
            (WorkflowId, Events, Fresh) = (truth.WorkflowId, truth.Log, truth.Fresh);
            foreach (var @event in Events)
            {
                _bySequence.TryAdd(@event.Sequence, @event);
                if (@event.MessageId is { } message)
                {
                    _messages.Add((@event.Kind, message));
                }
            }

            LastSequence = Math.Max(Events.Count > 0 ? Events.Max(@event => @event.Sequence) : 0, Fresh.LastSequence);
        }

        public Guid WorkflowId { get; }

        public IReadOnlyList<EventRecord> Events { get; }

        public Conversation Fresh { get; }

        public long LastSequence { get; }

        public EventRecord? At(long sequence) => _bySequence.GetValueOrDefault(sequence);

        public bool Has(string kind, Guid message) => _messages.Contains((kind, message));
    }
}
