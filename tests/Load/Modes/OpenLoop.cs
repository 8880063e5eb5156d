using System.Buffers.Text;
using BmadServer.Load.Clients;
using BmadServer.Load.Measuring;
using BmadServer.Load.Reporting;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.Modes;

/// <param name="Users">Each has a connection; they are spread evenly over the workflows.</param>
/// <param name="Rate">Sends a second, over all users.</param>
internal sealed record OpenLoopOptions(int Users, int Workflows, double Rate, TimeSpan WarmUp, TimeSpan Time)
{
    public override string ToString() => $"{Users} users in {Workflows} workflows, {Rate} sends/s";
}

/// <summary>
/// Messages are sent when they are due, whether the server has answered the ones before or not, and their latencies are counted from
/// that moment: a stall shows in all the messages that it held up, and not only in the few that were under way.
/// </summary>
internal sealed class OpenLoop : HubListener
{
    /// <summary>Where a message's number stands in a push.</summary>
    private static ReadOnlySpan<byte> NumberStart => "\"content\":\"load "u8;

    /// <summary>36 characters.</summary>
    private const string Text = $"load {CallFrame.Digits} abcdefghijklmnopqr";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>In the end, for what comes that should not.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(0.5);

    private readonly OpenLoopOptions _options;
    private readonly OpenSchedule _schedule;
    private readonly int _messages;
    private readonly int _firstMeasured;
    private readonly Receipts _answers;
    private readonly Receipts _pushes;
    private readonly Latencies _acks = new();
    private readonly Latencies _receivedByAll = new();
    private readonly Latencies _clientDelays = new();
    private long _start;
    private long _acked;
    private long _refused;
    private long _delivered;
    private long _stray;
    private string? _refusal;

    private OpenLoop(OpenLoopOptions options)
    {
        _options = options;
        var members = options.Users / options.Workflows;
        _schedule = new OpenSchedule(options.Rate, options.Workflows, members);
        _firstMeasured = _schedule.CountUntil(options.WarmUp);
        _messages = _schedule.CountUntil(options.WarmUp + options.Time);
        // Every member receives a message, the sender too, and the sender its ack.
        _answers = new Receipts(_messages, members: 1);
        _pushes = new Receipts(_messages, members);
    }

    /// <exception cref="InvalidOperationException">Messages were refused, or not acknowledged and received by all exactly once.</exception>
    public static async Task<Measurement> RunAsync(ServerSubject server, OpenLoopOptions options, CancellationToken cancellationToken)
    {
        var loop = new OpenLoop(options);
        Progress.Say($"{server.Name}: opening {options.Users} connections");
        using var fleet = await server.OpenFleetAsync(options.Users, options.Workflows, loop, cancellationToken);
        return await loop.RunAsync(server, fleet, cancellationToken);
    }

    public override void OnAnswer(HubConnection connection, int call, string? refusal, ReadOnlySpan<byte> message)
    {
        var now = TimeProvider.System.GetTimestamp();
        if (refusal is not null)
        {
            _refusal ??= refusal;
            Interlocked.Increment(ref _refused);
            return;
        }

        if (call < 0 || call >= _messages || _schedule.SenderOf(call) != connection.Index)
        {
            Interlocked.Increment(ref _stray);
            return;
        }

        if (!_answers.Add(call, member: 0))
        {
            return;
        }

        Interlocked.Increment(ref _acked);
        if (call >= _firstMeasured)
        {
            _acks.Record(connection.Index, DueAt(call), now);
        }
    }

    public override void OnPush(HubConnection connection, ReadOnlySpan<byte> message)
    {
        var at = message.IndexOf(NumberStart);
        if (at < 0 || !Utf8Parser.TryParse(message[(at + NumberStart.Length)..], out int number, out _))
        {
            return;
        }

        if (number >= _messages || _schedule.MemberAt(connection.Index, number) is not { } member)
        {
            Interlocked.Increment(ref _stray);
            return;
        }

        Interlocked.Increment(ref _delivered);
        if (_pushes.Add(number, member) && number >= _firstMeasured)
        {
            _receivedByAll.Record(connection.Index, DueAt(number), TimeProvider.System.GetTimestamp());
        }
    }

    private async Task<Measurement> RunAsync(ServerSubject server, Fleet fleet, CancellationToken cancellationToken)
    {
        var seats = fleet.Seats;
        var frames = seats.Select(seat => server.Send(seat, call: null, Text)).ToArray();
        // A moment, so that the first one is not late already.
        _start = TimeProvider.System.GetTimestamp() + TimeProvider.System.TimestampFrequency / 10;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = Task.Factory.StartNew(() => SendAll(seats, frames, stop.Token), TaskCreationOptions.LongRunning);
        try
        {
            await WaitAsync("warming up", _options.WarmUp, cancellationToken);
            var window = await Window.OpenAsync(server, () => Count(fleet), cancellationToken);
            await WaitAsync(_options.ToString(), _options.Time, cancellationToken, sending);
            await sending;
            var measured = await window.CloseAsync(_options.ToString(), round: 1, _acks.Read(), cancellationToken);
            await WaitForAllAsync(server, cancellationToken);
            return measured with { Acks = _acks.Read(), ReceivedByAll = _receivedByAll.Read(), ClientDelays = _clientDelays.Read() };
        }
        finally
        {
            await stop.CancelAsync();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void SendAll(IReadOnlyList<Seat> seats, CallFrame[] frames, CancellationToken cancellationToken)
    {
        for (var message = 0; message < _messages; message++)
        {
            var due = DueAt(message);
            Pause.Until(due, cancellationToken);
            var sender = _schedule.SenderOf(message);
            seats[sender].Connection.Send(frames[sender].With(message));
            if (message >= _firstMeasured)
            {
                _clientDelays.Record(0, due, TimeProvider.System.GetTimestamp());
            }
        }
    }

    private static async Task WaitAsync(string what, TimeSpan time, CancellationToken cancellationToken, Task? until = null)
    {
        var from = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(from) < time && until is not { IsCompleted: true })
        {
            Progress.Say($"{what}, {(time - TimeProvider.System.GetElapsedTime(from)).TotalSeconds:0} s left");
            var step = TimeSpan.FromMilliseconds(
                Math.Min(1000, Math.Max(1, (time - TimeProvider.System.GetElapsedTime(from)).TotalMilliseconds))
            );
            await Task.Delay(step, cancellationToken);
        }
    }

    private async Task WaitForAllAsync(ServerSubject server, CancellationToken cancellationToken)
    {
        await WaitAsync("answered all sends", _answers);
        await WaitAsync("pushed all messages to all members", _pushes);
        await Task.Delay(Settling, cancellationToken);
        ThrowIfWrong();
        var (answers, pushes, stray) = (_answers.Repeats, _pushes.Repeats, Interlocked.Read(ref _stray));
        if (answers + pushes + stray > 0)
        {
            throw new InvalidOperationException(
                $"{server.Name} answered {answers} sends again, pushed {pushes} messages again to members who had them, "
                    + $"and told {stray} things to connections that they were not for."
            );
        }

        Task WaitAsync(string what, Receipts receipts) =>
            Drain.WaitAsync($"{server.Name} has not {what}", () => receipts.Open, ThrowIfWrong, Patience, cancellationToken);

        void ThrowIfWrong()
        {
            ThrowIfLost();
            if (_refusal is { } refusal)
            {
                throw new InvalidOperationException($"{server.Name} refused {Interlocked.Read(ref _refused)} sends: {refusal}");
            }
        }
    }

    private long DueAt(int message) => _start + (long)(_schedule.DueAt(message).TotalSeconds * TimeProvider.System.TimestampFrequency);

    private Counts Count(Fleet fleet) =>
        new(Interlocked.Read(ref _acked), Interlocked.Read(ref _delivered), Interlocked.Read(ref _refused), fleet.BytesReceived);
}
