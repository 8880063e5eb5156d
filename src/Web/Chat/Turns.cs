namespace BmadServer.Web.Chat;

/// <summary>Regular turns of a loop, of which the next can be hastened. For one loop.</summary>
internal sealed class Turns(TimeSpan interval, TimeProvider time) : IDisposable
{
    private readonly PeriodicTimer _timer = new(interval, time);
    private readonly SemaphoreSlim _hastened = new(0);
    private int _isHastened;
    private Task? _tick;
    private Task? _call;

    /// <summary>Many calls before the next turn are one.</summary>
    public void Hasten()
    {
        if (Interlocked.Exchange(ref _isHastened, 1) == 0)
        {
            _hastened.Release();
        }
    }

    /// <returns>Whether the turn is a regular one.</returns>
    public async Task<bool> NextAsync(CancellationToken cancellationToken)
    {
        _tick ??= _timer.WaitForNextTickAsync(cancellationToken).AsTask();
        _call ??= _hastened.WaitAsync(cancellationToken);
        await await Task.WhenAny(_tick, _call);
        if (_call.IsCompleted)
        {
            // Before what is to be looked at is: a call from now on is for the turn after.
            _call = null;
            Interlocked.Exchange(ref _isHastened, 0);
        }

        if (!_tick.IsCompleted)
        {
            return false;
        }

        _tick = null;
        return true;
    }

    public void Dispose()
    {
        _timer.Dispose();
        _hastened.Dispose();
    }
}
