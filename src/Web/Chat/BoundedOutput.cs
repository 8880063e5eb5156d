using System.Buffers;
using System.IO.Pipelines;

namespace BmadServer.Web.Chat;

/// <summary>
/// What waits to be sent to one client. Writing never waits: what the client does not take yet is kept here and passed on in
/// pieces as it does. Beyond the bound the client is closed instead of being kept up with in memory; it comes back and
/// catches up.
/// </summary>
internal sealed class BoundedOutput : PipeWriter
{
    /// <summary>
    /// In bytes. How much may wait behind the first thing that had to wait: one answer may be longer than this, and a client on
    /// a slow line must be able to get it.
    /// </summary>
    public const int MaximumWaiting = 256 * 1024;

    /// <summary>In bytes. One write to the client's socket has a time limit, so it should be short.</summary>
    private const int Piece = 32 * 1024;

    /// <summary>U+001E ends every message, and stands nowhere else: JSON escapes it.</summary>
    private const byte EndOfMessage = 0x1e;

    /// <summary>Inline: once the client keeps up again, whoever writes passes it on in the same breath.</summary>
    private static readonly PipeOptions BacklogOptions = new(
        pauseWriterThreshold: 0,
        readerScheduler: PipeScheduler.Inline,
        useSynchronizationContext: false
    );

    private readonly PipeWriter _output;
    private readonly Action _tooSlow;
    private readonly Lock _gate = new();

    /// <summary>
    /// What waits, from when the client is first behind until the connection ends; most never are, and an idle connection should cost
    /// little.
    /// </summary>
    private Pipe? _backlog;

    private long _written;
    private long _waiting;
    private long _bound;
    private TaskCompletionSource? _taken;

    /// <param name="output">The connection's. It completes a flush when the client has taken all but 64 KiB.</param>
    /// <param name="tooSlow">Closes the connection.</param>
    public BoundedOutput(PipeWriter output, Action tooSlow) => (_output, _tooSlow) = (output, tooSlow);

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _written;

    private PipeWriter Writer => _backlog?.Writer ?? _output;

    /// <summary>Completes when nothing waits here any more.</summary>
    public Task WhenTaken()
    {
        lock (_gate)
        {
            return _waiting == 0 ? Task.CompletedTask : (_taken ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => Writer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => Writer.GetSpan(sizeHint);

    public override void Advance(int bytes)
    {
        _written += bytes;
        Writer.Advance(bytes);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        var bytes = _written;
        _written = 0;
        if (_backlog is null)
        {
            var flush = _output.FlushAsync(CancellationToken.None);
            if (flush.IsCompleted)
            {
                return flush;
            }

            _backlog = new Pipe(BacklogOptions);
            TryAdd(bytes);
            _ = PassOnAsync(_backlog.Reader, flush, bytes);
        }
        else if (!TryAdd(bytes))
        {
            _tooSlow();
        }

        return _backlog.Writer.FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush()
    {
        // No flush is ever pending.
    }

    /// <summary>What was written before still goes out.</summary>
    public override void Complete(Exception? exception = null) => Writer.Complete(exception);

    /// <returns>Whether there is room for so much.</returns>
    private bool TryAdd(long bytes)
    {
        lock (_gate)
        {
            if (_waiting == 0)
            {
                _bound = bytes + MaximumWaiting;
            }

            _waiting += bytes;
            return _waiting <= _bound;
        }
    }

    /// <param name="first">The flush that the client keeps waiting.</param>
    /// <param name="bytes">What it flushes.</param>
    private async Task PassOnAsync(PipeReader backlog, ValueTask<FlushResult> first, long bytes)
    {
        Exception? failure = null;
        try
        {
            var mayBeMore = !(await first).IsCompleted;
            Take(bytes);
            while (mayBeMore)
            {
                mayBeMore = await PassOnOnceAsync(backlog);
            }
        }
        catch (Exception thrown)
        {
            failure = thrown;
        }

        backlog.Complete(failure);
        _output.Complete(failure);
        Take(long.MaxValue);
    }

    /// <returns>Whether there may be more.</returns>
    private async ValueTask<bool> PassOnOnceAsync(PipeReader backlog)
    {
        var read = await backlog.ReadAsync();
        var piece = WholeMessages(read.Buffer);
        if (piece.IsEmpty)
        {
            return !read.IsCompleted;
        }

        foreach (var segment in piece)
        {
            _output.Write(segment.Span);
        }

        var length = piece.Length;
        backlog.AdvanceTo(piece.End);
        var flushed = await _output.FlushAsync();
        Take(length);
        return !flushed.IsCompleted;
    }

    /// <summary>
    /// As many messages as fit into a piece, and at least one: what is written in one go becomes one WebSocket message, and
    /// SignalR's JavaScript client takes none that ends in the middle.
    /// </summary>
    private static ReadOnlySequence<byte> WholeMessages(in ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        var end = 0L;
        while (buffer.Length > Piece && reader.TryAdvanceTo(EndOfMessage))
        {
            if (end > 0 && reader.Consumed > Piece)
            {
                break;
            }

            end = reader.Consumed;
        }

        return end > 0 ? buffer.Slice(0, end) : buffer;
    }

    private void Take(long bytes)
    {
        TaskCompletionSource? taken = null;
        lock (_gate)
        {
            _waiting = Math.Max(0, _waiting - bytes);
            if (_waiting == 0)
            {
                (taken, _taken) = (_taken, null);
            }
        }

        taken?.SetResult();
    }
}
