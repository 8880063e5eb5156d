using System.Buffers;
using BmadServer.Load.Checking;
using BmadServer.Load.Clients;
using BmadServer.Load.Measuring;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.Modes;

/// <param name="Workflows">The connections are spread evenly over so many.</param>
/// <param name="Depth">How many sends each connection has under way at any time.</param>
internal sealed record ClosedLoopOptions(int Connections, int Workflows, int Depth)
{
    public override string ToString() => $"{Connections} connections in {Workflows} workflows, depth {Depth}";
}

/// <summary>Every connection sends anew as soon as it has an ack, so that the subject is always as busy as it can be.</summary>
internal sealed class ClosedLoop : HubListener, IDisposable
{
    /// <summary>36 characters.</summary>
    private const string Text = $"load {CallFrame.Digits} abcdefghijklmnopqr";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Subject _subject;
    private readonly ClosedLoopOptions _options;
    private readonly Latencies _latencies = new();
    private Fleet _fleet = new([]);
    private Sender[] _senders = [];
    private volatile bool _isRunning;
    private volatile bool _isMeasured;
    private long _strayAnswers;
    private string? _refusal;

    private ClosedLoop(Subject subject, ClosedLoopOptions options) => (_subject, _options) = (subject, options);

    /// <summary>Opens the connections, which stay open between the rounds.</summary>
    public static async Task<ClosedLoop> OpenAsync(Subject subject, ClosedLoopOptions options, CancellationToken cancellationToken)
    {
        var loop = new ClosedLoop(subject, options);
        var fleet = await subject.OpenFleetAsync(options.Connections, options.Workflows, loop, cancellationToken);
        var senders = fleet.Seats.Select(seat => new Sender(subject, seat, options.Depth)).ToArray();
        (loop._fleet, loop._senders) = (fleet, senders);
        return loop;
    }

    /// <param name="warmUp">Not measured.</param>
    /// <param name="time">What is measured.</param>
    /// <exception cref="InvalidOperationException">Sends were refused, or not answered exactly once.</exception>
    public async Task<Measurement> RunAsync(int round, TimeSpan warmUp, TimeSpan time, CancellationToken cancellationToken)
    {
        _isRunning = true;
        try
        {
            foreach (var sender in _senders)
            {
                sender.Start();
            }

            await Task.Delay(warmUp, cancellationToken);
            var window = await Window.OpenAsync(_subject, Count, cancellationToken);
            _latencies.Reset();
            _isMeasured = true;
            await Task.Delay(time, cancellationToken);
            _isMeasured = false;
            var measured = await window.CloseAsync(_options.ToString(), round, _latencies.Read(), cancellationToken);
            _isRunning = false;
            await WaitForAllAsync(cancellationToken);
            return measured;
        }
        finally
        {
            _isMeasured = false;
            _isRunning = false;
            ThrowIfLost();
        }
    }

    /// <summary>After the last round: holds all acks against what the server has stored. Null for a floor, which keeps no log.</summary>
    /// <exception cref="InvalidOperationException">They differ, or more answers came than sends were made.</exception>
    public async Task<LogCheck?> CheckAsync(CancellationToken cancellationToken)
    {
        ThrowIfStray();
        if (_subject is not ServerSubject server)
        {
            return null;
        }

        var people = await server.Crowd.GatherAsync(_options.Connections, cancellationToken);
        var connections = _senders.Select((sender, i) => sender.ToRecord(people[i].Id)).ToList();
        return await LogChecker.RunAsync(server, _options.ToString(), connections, people, cancellationToken);
    }

    public override void OnAnswer(HubConnection connection, int call, string? refusal, ReadOnlySpan<byte> message)
    {
        var now = TimeProvider.System.GetTimestamp();
        var sender = _senders[connection.Index];
        if (sender.Calls.MadeAt(call) is not { } sentAt)
        {
            // A send for this answer would be one more under way than there are to be.
            Interlocked.Increment(ref _strayAnswers);
            return;
        }

        if (refusal is not null)
        {
            _refusal ??= refusal;
            sender.Refusals++;
        }
        else
        {
            sender.Take(call, sentAt, now, message);
        }

        if (_isMeasured)
        {
            _latencies.Record(connection.Index, sentAt, now);
        }

        if (_isRunning)
        {
            sender.SendNext(now);
        }

        sender.Calls.End(call);
    }

    public override void OnPush(HubConnection connection, ReadOnlySpan<byte> message)
    {
        if (_senders.Length > 0 && HubMessage.IsEvent(message))
        {
            _senders[connection.Index].Deliveries++;
        }
    }

    public void Dispose() => _fleet.Dispose();

    private Counts Count() =>
        new(
            _senders.Sum(sender => sender.Acks),
            _senders.Sum(sender => sender.Deliveries),
            _senders.Sum(sender => sender.Refusals),
            _fleet.BytesReceived
        );

    private async Task WaitForAllAsync(CancellationToken cancellationToken)
    {
        var complaint = $"{_subject.Name} has not answered all sends";
        await Drain.WaitAsync(complaint, () => _senders.Sum(sender => sender.Calls.Count), ThrowIfLost, Patience, cancellationToken);
        if (_refusal is { } refusal)
        {
            throw new InvalidOperationException($"{_subject.Name} refused a send: {refusal}");
        }

        ThrowIfStray();
    }

    private void ThrowIfStray()
    {
        if (Interlocked.Read(ref _strayAnswers) is var stray and > 0)
        {
            throw new InvalidOperationException($"{_subject.Name} gave {stray} answers to nothing that waited for one.");
        }
    }

    /// <summary>One connection's sends. Its numbers are written by the thread that reads the connection, and read by others.</summary>
    private sealed class Sender(Subject subject, Seat seat, int depth)
    {
        private readonly CallFrame _frame = subject.Send(seat, call: null, Text);
        private readonly RememberedAcks? _acks = subject is ServerSubject ? new() : null;

        public CallsUnderWay Calls { get; } = new();

        public long Acks { get; private set; }

        public long Refusals { get; set; }

        public long Deliveries { get; set; }

        /// <summary>Sends as many as are to be under way, in one piece: no answer comes before all are.</summary>
        public void Start()
        {
            var frames = new ArrayBufferWriter<byte>();
            var now = TimeProvider.System.GetTimestamp();
            for (var i = 0; i < depth; i++)
            {
                frames.Write(_frame.With(Calls.Begin(now)));
            }

            seat.Connection.Send(frames.WrittenSpan);
        }

        public void Take(int call, long sentAt, long now, ReadOnlySpan<byte> ack)
        {
            Acks++;
            _acks?.Add(call, sentAt, now, ack);
        }

        public void SendNext(long now) => seat.Connection.Add(_frame.With(Calls.Begin(now)));

        public ConnectionRecord ToRecord(Guid user) =>
            new(
                seat.Connection.Index,
                user,
                seat.WorkflowId,
                _frame,
                _acks ?? throw new InvalidOperationException($"{subject.Name} keeps no log to hold its acks against.")
            );
    }
}
