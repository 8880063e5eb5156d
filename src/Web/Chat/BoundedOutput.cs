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

    private readonly PipeWriter _output;
    private readonly Action _tooSlow;
    private readonly Lock _gate = new();

    /// <summary>Inline: as long as the client keeps up, whoever writes passes it on in the same breath.</summary>
    private readonly Pipe _pipe = new(
        new PipeOptions(pauseWriterThreshold: 0, readerScheduler: PipeScheduler.Inline, useSynchronizationContext: false)
    );

    private long _written;
    private long _waiting;
    private long _bound;
    private TaskCompletionSource? _taken;

    /// <param name="output">The connection's. It completes a flush when the client has taken all but 64 KiB.</param>
    /// <param name="tooSlow">Closes the connection.</param>
    public BoundedOutput(PipeWriter output, Action tooSlow)
    {
        (_output, _tooSlow) = (output, tooSlow);
        _ = PassOnAsync();
    }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _written;

    /// <summary>Completes when nothing waits here any more.</summary>
    public Task WhenTaken()
    {
        lock (_gate)
        {
            return _waiting == 0 ? Task.CompletedTask : (_taken ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _pipe.Writer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _pipe.Writer.GetSpan(sizeHint);

    public override void Advance(int bytes)
    {
        _written += bytes;
        _pipe.Writer.Advance(bytes);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (!TryAdd(_written))
        {
            _tooSlow();
        }

        _written = 0;
        return _pipe.Writer.FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush()
    {
        // No flush is ever pending.
    }

    /// <summary>What was written before still goes out.</summary>
    public override void Complete(Exception? exception = null) => _pipe.Writer.Complete(exception);

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

    private async Task PassOnAsync()
    {
        Exception? failure = null;
        try
        {
            while (await PassOnOnceAsync()) { }
        }
        catch (Exception thrown)
        {
            failure = thrown;
        }

        _pipe.Reader.Complete(failure);
        _output.Complete(failure);
        Take(long.MaxValue);
    }

    /// <returns>Whether there may be more.</returns>
    private async ValueTask<bool> PassOnOnceAsync()
    {
        var read = await _pipe.Reader.ReadAsync();
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
        _pipe.Reader.AdvanceTo(piece.End);
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
