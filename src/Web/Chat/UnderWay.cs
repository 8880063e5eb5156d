namespace BmadServer.Web.Chat;

/// <summary>How many of something are under way, for whoever wants to begin no more and to wait until none is.</summary>
internal sealed class UnderWay
{
    private int _count;
    private volatile TaskCompletionSource? _noneLeft;

    /// <returns>Whether it may begin; if so, <see cref="End"/> must follow.</returns>
    public bool TryBegin()
    {
        Interlocked.Increment(ref _count);
        if (_noneLeft is null)
        {
            return true;
        }

        End();
        return false;
    }

    public void End()
    {
        if (Interlocked.Decrement(ref _count) == 0)
        {
            _noneLeft?.TrySetResult();
        }
    }

    /// <summary>No further one begins.</summary>
    /// <returns>Completes when those that had begun have ended.</returns>
    public Task CloseAsync()
    {
        var noneLeft = _noneLeft ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _count) == 0)
        {
            noneLeft.TrySetResult();
        }

        return noneLeft.Task;
    }
}
