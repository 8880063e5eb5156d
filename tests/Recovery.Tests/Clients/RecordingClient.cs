using System.Globalization;
using System.Text.RegularExpressions;
using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.Clients;

/// <summary>
/// A client that does what <c>docs/hub.md</c> asks of one, comes back from whatever happens to it, and writes down
/// everything that it does and sees.
/// </summary>
internal sealed partial class RecordingClient(RecordingClientOptions options, EventStore events) : IAsyncDisposable
{
    /// <summary>Before a call that the server could not answer just then is made again.</summary>
    private static readonly TimeSpan RepeatDelay = TimeSpan.FromMilliseconds(150);

    private readonly Lock _gate = new();
    private readonly Random _random = new(options.Seed);
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<Guid, WorkflowCopy> _open = [];
    private readonly List<Outgoing> _outbox = [];

    /// <summary>Held while the set of open workflows is brought into line with the server's.</summary>
    private readonly SemaphoreSlim _opening = new(1, 1);

    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private Connection? _online;
    private Guid? _session;
    private int _connections;
    private long _calls;

    public string Name => options.Name;

    public Guid UserId => options.UserId;

    public bool IsOnline
    {
        get
        {
            lock (_gate)
            {
                return _online is not null;
            }
        }
    }

    /// <summary>How many sends, edits and deletions wait for their answer.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _outbox.Count;
            }
        }
    }

    /// <summary>What it did and saw until now, and what it holds.</summary>
    public ClientHistory History()
    {
        lock (_gate)
        {
            return new ClientHistory(
                Name,
                UserId,
                [.. _entries],
                [.. _open.Values.Select(copy => copy.State ?? new Conversation(copy.WorkflowId))]
            );
        }
    }

    /// <summary>Connects, and comes back after every drop until <see cref="GoAwayAsync"/>.</summary>
    public void Start()
    {
        _stop = new CancellationTokenSource();
        _running = Task.Run(() => RunAsync(_stop.Token));
    }

    /// <summary>Drops the connection and stays away until <see cref="Start"/>, as a laptop that is closed.</summary>
    public async Task GoAwayAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>Keeps a workflow open from now on. Returns when it is open, however many connections that takes.</summary>
    public async Task OpenAsync(Guid workflow, CancellationToken cancellationToken)
    {
        Open(workflow);
        while (!cancellationToken.IsCancellationRequested)
        {
            lock (_gate)
            {
                if (!_open.TryGetValue(workflow, out var copy) || copy.State is not null)
                {
                    return;
                }
            }

            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>Keeps a workflow open from now on, as soon as it is connected.</summary>
    public void Open(Guid workflow)
    {
        Connection? connection;
        lock (_gate)
        {
            _open.TryAdd(workflow, new WorkflowCopy(workflow));
            connection = _online;
        }

        if (connection is not null)
        {
            _ = TryAsync(() => LineUpAsync(connection, joined: null));
        }
    }

    /// <summary>Closes a workflow and forgets what was in it.</summary>
    public async Task LeaveAsync(Guid workflow)
    {
        await _opening.WaitAsync();
        try
        {
            Connection? connection;
            lock (_gate)
            {
                if (!_open.Remove(workflow))
                {
                    return;
                }

                // Written down before the call: should its answer be lost, the session may or may not have it open any more.
                connection = _online;
                _entries.Add(new WorkflowLeft(Now(), connection?.Number ?? 0, workflow));
            }

            if (connection is not null)
            {
                await TryAsync(() => connection.Hub.InvokeAsync("LeaveWorkflow", workflow));
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Sends a message until it is acknowledged or refused for good.</summary>
    /// <returns>The ack; null when it is refused.</returns>
    public Task<Ack?> SendAsync(Guid workflow, string content, string? key = null, Guid? replyTo = null)
    {
        key ??= Guid.CreateVersion7().ToString();
        lock (_gate)
        {
            _entries.Add(new SendQueued(Now(), workflow, key, content, replyTo));
        }

        return Put(new Outgoing.Message(workflow, key, content, replyTo));
    }

    public Task<Ack?> EditAsync(Guid workflow, Guid message, string content) => Put(new Outgoing.Edit(workflow, message, content));

    public Task<Ack?> DeleteAsync(Guid workflow, Guid message) => Put(new Outgoing.Delete(workflow, message));

    /// <summary>Whether it has every event up to this one.</summary>
    public bool Has(Guid workflow, long sequence)
    {
        lock (_gate)
        {
            return _open.TryGetValue(workflow, out var copy) && copy.LastSequence >= sequence;
        }
    }

    public long LastSequence(Guid workflow)
    {
        lock (_gate)
        {
            return _open.TryGetValue(workflow, out var copy) ? copy.LastSequence : 0;
        }
    }

    /// <summary>
    /// When it had this event and all before it, as <see cref="TimeProvider.GetTimestamp"/>; null if a snapshot brought it or it
    /// never came.
    /// </summary>
    public long? AppliedAt(Guid workflow, long sequence)
    {
        lock (_gate)
        {
            return _open.TryGetValue(workflow, out var copy) ? copy.AppliedAt(sequence) : null;
        }
    }

    public bool IsOpen(Guid workflow)
    {
        lock (_gate)
        {
            return _open.TryGetValue(workflow, out var copy) && copy.State is not null;
        }
    }

    /// <summary>The messages of this user that it shows and that are not deleted.</summary>
    public IReadOnlyList<MessageRecord> OwnMessages(Guid workflow)
    {
        lock (_gate)
        {
            return _open.TryGetValue(workflow, out var copy) && copy.State is { } state
                ? [.. state.Messages.Where(message => message.Author.Id == UserId && message.DeletedAt is null)]
                : [];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await GoAwayAsync();
        _stop.Dispose();
        _opening.Dispose();
    }

    private static long Now() => TimeProvider.System.GetTimestamp();

    /// <summary>Whatever did not come through is done again on the next connection.</summary>
    private static async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception failure) when (failure is ConnectionLostException or RefusedException)
        {
            // As above.
        }
    }

    [GeneratedRegex(@"Try again in (\d+) s\.$")]
    private static partial Regex RetryHint();

    private async Task RunAsync(CancellationToken stop)
    {
        var failures = 0;
        while (!stop.IsCancellationRequested)
        {
            var delay = TimeSpan.Zero;
            lock (_gate)
            {
                delay = options.Backoff(failures, _random);
            }

            await Task.Delay(delay, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            failures = !stop.IsCancellationRequested && await UseOneConnectionAsync(stop) ? 0 : failures + 1;
        }
    }

    /// <returns>Whether there was a session.</returns>
    private async Task<bool> UseOneConnectionAsync(CancellationToken stop)
    {
        var number = ++_connections;
        var connection = new Connection(this, number, _session);
        HubSocket hub;
        try
        {
            hub = await HubSocket.ConnectAsync(
                new HubSocketOptions
                {
                    Server = options.Server(),
                    AccessToken = await options.AccessToken(),
                    Session = _session,
                    AnswerLimit = options.AnswerLimit,
                    OpenLimit = options.AnswerLimit,
                },
                connection,
                stop
            );
        }
        catch (Exception failure) when (failure is ConnectionLostException or RefusedException or HttpRequestException or OperationCanceledException)
        {
            Note(new Dropped(Now(), number, failure.Message));
            return false;
        }

        await using (hub)
        {
            connection.Hub = hub;
            _session = hub.Session.Id;
            using var abort = stop.Register(hub.Abort);
            await TryAsync(() => ComeBackAsync(connection));
            var reason = await hub.Closed;
            lock (_gate)
            {
                _online = null;
                _entries.Add(new Dropped(Now(), number, reason));
            }

            if (hub.SessionEnded is "replaced" or "revoked" or "loggedOut")
            {
                _session = null;
            }
        }

        return true;
    }

    private async Task ComeBackAsync(Connection connection)
    {
        await LineUpAsync(connection, connection.Hub.Session.JoinedWorkflows.Select(joined => joined.WorkflowId).ToHashSet());
        Outgoing[] waiting;
        lock (_gate)
        {
            _online = connection;
            waiting = [.. _outbox];
        }

        // What was opened meanwhile saw no connection.
        await LineUpAsync(connection, joined: null);
        foreach (var outgoing in waiting)
        {
            _ = DeliverAsync(connection, outgoing);
        }
    }

    /// <summary>Joins what is to be open, leaves what is not, and catches up.</summary>
    /// <param name="joined">What the server has open on this session; null to join only what was never joined.</param>
    private async Task LineUpAsync(Connection connection, HashSet<Guid>? joined)
    {
        await _opening.WaitAsync();
        try
        {
            WorkflowCopy[] copies;
            lock (_gate)
            {
                copies = [.. _open.Values];
            }

            foreach (var unwanted in joined?.Except(copies.Select(copy => copy.WorkflowId)) ?? [])
            {
                await RepeatAsync(() => connection.Hub.InvokeAsync("LeaveWorkflow", unwanted));
            }

            foreach (var copy in copies)
            {
                var isNew = copy.State is null;
                try
                {
                    if (isNew || joined?.Contains(copy.WorkflowId) == false)
                    {
                        await JoinAsync(connection, copy);
                    }

                    if (isNew || joined is not null)
                    {
                        await CatchUpAsync(connection, copy);
                    }
                }
                catch (RefusedException)
                {
                    // No longer a participant.
                    lock (_gate)
                    {
                        _open.Remove(copy.WorkflowId);
                    }
                }
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    private Task<bool> JoinAsync(Connection connection, WorkflowCopy copy) =>
        RepeatAsync(() =>
            connection.Hub.InvokeAsync(
                "JoinWorkflow",
                json =>
                {
                    var snapshot = Wire.Read<Snapshot>(json);
                    lock (_gate)
                    {
                        _entries.Add(new SnapshotTaken(Now(), connection.Number, copy.WorkflowId, snapshot));
                        copy.Begin(options.FromLog ? new Conversation(copy.WorkflowId) : Conversation.Of(snapshot));
                    }

                    return true;
                },
                copy.WorkflowId
            )
        );

    /// <summary>Page by page until nothing is missing. One run at a time; a second one makes the first go on.</summary>
    private async Task CatchUpAsync(Connection connection, WorkflowCopy copy)
    {
        lock (_gate)
        {
            if (copy.CatchingUpOn == connection.Number)
            {
                copy.CatchUpAgain = true;
                return;
            }

            copy.CatchingUpOn = connection.Number;
        }

        try
        {
            while (await RepeatAsync(() => TakePageAsync(connection, copy))) { }
        }
        finally
        {
            lock (_gate)
            {
                if (copy.CatchingUpOn == connection.Number)
                {
                    copy.CatchingUpOn = 0;
                }
            }
        }
    }

    /// <returns>Whether there is more to get.</returns>
    private Task<bool> TakePageAsync(Connection connection, WorkflowCopy copy)
    {
        long after;
        lock (_gate)
        {
            copy.CatchUpAgain = false;
            after = copy.LastSequence;
        }

        return connection.Hub.InvokeAsync(
            "CatchUp",
            json =>
            {
                var page = Wire.Read<EventPage>(json);
                page = page with { Events = [.. page.Events.Select(events.Keep)] };
                lock (_gate)
                {
                    _entries.Add(new PageTaken(Now(), connection.Number, copy.WorkflowId, after, page));
                    foreach (var @event in page.Events)
                    {
                        copy.Take(@event);
                    }

                    // A push may have overtaken the page and shown that something after the page is missing.
                    var goOn = page.HasMore || copy.CatchUpAgain;
                    copy.CatchingUpOn = goOn ? connection.Number : 0;
                    return goOn;
                }
            },
            copy.WorkflowId,
            after
        );
    }

    private Task<Ack?> Put(Outgoing outgoing)
    {
        Connection? connection;
        lock (_gate)
        {
            _outbox.Add(outgoing);
            connection = _online;
        }

        if (connection is not null)
        {
            _ = DeliverAsync(connection, outgoing);
        }

        return outgoing.Resolved;
    }

    private async Task DeliverAsync(Connection connection, Outgoing outgoing)
    {
        while (!connection.Hub.Closed.IsCompleted)
        {
            var call = Interlocked.Increment(ref _calls);
            try
            {
                outgoing.Resolve(await Begin(connection, outgoing, call));
                Forget(outgoing);
                return;
            }
            catch (RefusedException refusal)
            {
                Note(new Refused(Now(), connection.Number, call, refusal.Code, refusal.IsPassing));
                if (!refusal.IsPassing)
                {
                    outgoing.Resolve(null);
                    Forget(outgoing);
                    return;
                }

                await Task.Delay(DelayAfter(refusal));
            }
            catch (ConnectionLostException)
            {
                Note(new OutcomeUnknown(Now(), connection.Number, call));
                return;
            }
        }
    }

    /// <summary>Notes the call and puts it on its way, both under the lock, so that they are noted in the order they go out.</summary>
    private Task<Ack> Begin(Connection connection, Outgoing outgoing, long call)
    {
        lock (_gate)
        {
            _entries.Add(outgoing.Begin(Now(), connection.Number, call));
            return connection.Hub.InvokeAsync(
                outgoing.Target,
                json =>
                {
                    var ack = Wire.Read<Ack>(json);
                    Note(new Acked(Now(), connection.Number, call, ack));
                    return ack;
                },
                outgoing.Arguments
            );
        }
    }

    private void Forget(Outgoing outgoing)
    {
        lock (_gate)
        {
            _outbox.Remove(outgoing);
        }
    }

    private void Note(Entry entry)
    {
        lock (_gate)
        {
            _entries.Add(entry);
        }
    }

    /// <summary>Makes a call until the server carries it out or refuses it for good, or the connection breaks.</summary>
    private async Task<T> RepeatAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (RefusedException refusal) when (refusal.IsPassing)
            {
                await Task.Delay(DelayAfter(refusal));
            }
        }
    }

    private TimeSpan DelayAfter(RefusedException refusal)
    {
        if (RetryHint().Match(refusal.Sentence) is { Success: true } hint)
        {
            return TimeSpan.FromSeconds(int.Parse(hint.Groups[1].Value, CultureInfo.InvariantCulture));
        }

        lock (_gate)
        {
            return RepeatDelay * (0.5 + _random.NextDouble());
        }
    }

    private void OnEvent(Connection connection, EventRecord @event)
    {
        WorkflowCopy? behind = null;
        lock (_gate)
        {
            _entries.Add(new Pushed(Now(), connection.Number, @event));
            if (_open.TryGetValue(@event.WorkflowId, out var copy) && copy.Take(@event))
            {
                behind = copy;
            }
        }

        Repair(connection, behind);
    }

    private void OnAnnounced(Connection connection, SequenceAnnouncement announcement)
    {
        WorkflowCopy? behind = null;
        lock (_gate)
        {
            _entries.Add(new Announced(Now(), connection.Number, announcement.WorkflowId, announcement.LastSequence));
            if (
                _open.TryGetValue(announcement.WorkflowId, out var copy)
                && copy.State is not null
                && copy.LastSequence < announcement.LastSequence
            )
            {
                behind = copy;
            }
        }

        Repair(connection, behind);
    }

    /// <summary>While a connection is still coming up, it catches up anyway.</summary>
    private void Repair(Connection connection, WorkflowCopy? behind)
    {
        if (behind is not null && connection.IsUp)
        {
            _ = TryAsync(() => CatchUpAsync(connection, behind));
        }
    }

    private sealed record SequenceAnnouncement(Guid WorkflowId, long LastSequence);

    private sealed class Connection(RecordingClient client, int number, Guid? asked) : IHubReceiver
    {
        private HubSocket? _hub;

        public int Number { get; } = number;

        public bool IsUp => Volatile.Read(ref _hub) is not null;

        public HubSocket Hub
        {
            get => _hub!;
            set => Volatile.Write(ref _hub, value);
        }

        public void OnCall(string target, ReadOnlyMemory<byte> arguments)
        {
            switch (target)
            {
                case "ReceiveEvent":
                    client.OnEvent(this, client.Keep(Wire.Read<EventRecord[]>(arguments)[0]));
                    break;
                case "SequenceAnnounced":
                    client.OnAnnounced(this, Wire.Read<SequenceAnnouncement[]>(arguments)[0]);
                    break;
                case "SessionStarted" or "SessionRestored":
                    var session = Wire.Read<HubSession[]>(arguments)[0];
                    client.Note(
                        new Connected(
                            Now(),
                            Number,
                            asked,
                            session.Id,
                            target == "SessionRestored",
                            [.. session.JoinedWorkflows.Select(joined => joined.WorkflowId)]
                        )
                    );
                    break;
            }
        }
    }

    private EventRecord Keep(EventRecord @event) => events.Keep(@event);
}
