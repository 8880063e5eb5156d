using System.Buffers;
using System.IO.Pipelines;

namespace BmadServer.Web.Chat;

/// <summary>
/// Reads a client that floods no faster than its calls could need, whatever it floods with: pings and frames that are no calls
/// pass no filter. While it is not read the network holds it back. One that goes on regardless is closed.
/// </summary>
/// <param name="bytesPerSecond">What a client may send for as long as it likes; four times as much at once.</param>
internal sealed class ThrottledInput(PipeReader input, int bytesPerSecond, TimeProvider time, Action flooded) : PipeReader
{
    private const int BurstSeconds = 4;

    /// <summary>So that the end of a connection is noticed in time.</summary>
    private const double MaximumDelaySeconds = 1;

    /// <summary>Of being held back without a second's rest.</summary>
    private static readonly TimeSpan MaximumFlood = TimeSpan.FromSeconds(8);

    private ReadOnlySequence<byte> _buffer;
    private double _allowance = (double)bytesPerSecond * BurstSeconds;
    private long _refilledAt = time.GetTimestamp();
    private long? _heldBackSince;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        Refill();
        if (_allowance >= bytesPerSecond)
        {
            _heldBackSince = null;
        }

        if (_allowance < 0)
        {
            _heldBackSince ??= time.GetTimestamp();
            if (time.GetElapsedTime(_heldBackSince.Value) > MaximumFlood)
            {
                flooded();
            }

            await Task.Delay(TimeSpan.FromSeconds(Math.Min(-_allowance / bytesPerSecond, MaximumDelaySeconds)), time, cancellationToken);
        }

        return Keep(await input.ReadAsync(cancellationToken));
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!input.TryRead(out result))
        {
            return false;
        }

        Keep(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _allowance -= _buffer.Slice(0, consumed).Length;
        _buffer = default;
        input.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => input.CancelPendingRead();

    public override void Complete(Exception? exception = null) => input.Complete(exception);

    private ReadResult Keep(ReadResult result)
    {
        _buffer = result.Buffer;
        return result;
    }

    private void Refill()
    {
        var now = time.GetTimestamp();
        var refill = time.GetElapsedTime(_refilledAt, now).TotalSeconds * bytesPerSecond;
        _allowance = Math.Min(_allowance + refill, (double)bytesPerSecond * BurstSeconds);
        _refilledAt = now;
    }
}
