using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;

namespace BmadServer.Web.Chat;

/// <summary>
/// What waits to be sent to one client. Writing never waits; a client that reads too slowly for what it is sent is closed
/// instead of being kept up with in memory. It comes back and catches up.
/// </summary>
/// <remarks>
/// The pipe tells that more than its pause threshold is unread (64 KiB) by not completing a flush. One answer may be longer
/// than that by itself, so only what is written after the threshold was passed counts as overdue.
/// </remarks>
internal sealed class BoundedOutput(PipeWriter output, Action tooSlow) : PipeWriter
{
    /// <summary>In bytes.</summary>
    public const int MaximumOverdue = 256 * 1024;

    private long _written;
    private long _overdue;

    /// <summary>The last flush. It completes once the client has read enough.</summary>
    private ValueTask<FlushResult> _flush;

    public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

    public override long UnflushedBytes => output.UnflushedBytes;

    public override void Advance(int bytes)
    {
        _written += bytes;
        output.Advance(bytes);
    }

    [SuppressMessage("Reliability", "CA2012", Justification = "A pipe's flush may be abandoned and its state asked for at any time.")]
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        var wasBehind = !_flush.IsCompleted;

        // Not awaited while it waits for the client. It takes no token, so nothing is left behind of one that is abandoned.
        _flush = output.FlushAsync(CancellationToken.None);
        _overdue = wasBehind ? _overdue + _written : 0;
        _written = 0;
        if (_flush.IsCompleted)
        {
            var result = _flush.Result;
            _flush = default;
            return new ValueTask<FlushResult>(result);
        }

        if (_overdue > MaximumOverdue)
        {
            tooSlow();
        }

        return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: false));
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => output.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => output.GetSpan(sizeHint);

    public override void CancelPendingFlush() => output.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => output.Complete(exception);
}
