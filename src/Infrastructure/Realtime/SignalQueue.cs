using BmadServer.Application.Common;

namespace BmadServer.Infrastructure.Realtime;

/// <summary>Signals that wait to be sent: of those about one thing the latest.</summary>
internal sealed class SignalQueue : IDisposable
{
    /// <summary>What comes when so many wait is left out: the other nodes read it from the database.</summary>
    private const int Capacity = 10_000;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _filled = new(0, 1);
    private Dictionary<object, BackplaneSignal> _waiting = [];

    /// <returns>Whether there was room for it.</returns>
    public bool Put(BackplaneSignal signal)
    {
        var subject = signal.GetSubject();
        lock (_gate)
        {
            if (_waiting.Count >= Capacity && !_waiting.ContainsKey(subject))
            {
                return false;
            }

            _waiting[subject] = signal;
            if (_waiting.Count == 1 && _filled.CurrentCount == 0)
            {
                _filled.Release();
            }

            return true;
        }
    }

    /// <returns>All that wait; none when nothing came in this time.</returns>
    public async Task<IReadOnlyCollection<BackplaneSignal>> TakeAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        await _filled.WaitAsync(patience, cancellationToken);
        lock (_gate)
        {
            var taken = _waiting;
            _waiting = [];
            return taken.Values;
        }
    }

    /// <returns>How many waited.</returns>
    public int Clear()
    {
        lock (_gate)
        {
            var count = _waiting.Count;
            _waiting.Clear();
            return count;
        }
    }

    public void Dispose() => _filled.Dispose();
}
