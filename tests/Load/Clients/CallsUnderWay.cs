namespace BmadServer.Load.Clients;

/// <summary>The calls of one connection that wait for their answers. Changed by one thread at a time; any may count them.</summary>
internal sealed class CallsUnderWay
{
    private readonly Dictionary<int, long> _madeAt = [];
    private int _next;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <returns>The call's number: the first is 0, and none comes again.</returns>
    public int Begin(long now)
    {
        _madeAt.Add(_next, now);
        Volatile.Write(ref _count, _madeAt.Count);
        return _next++;
    }

    /// <summary>When a call was made; null when none with this number waits for an answer.</summary>
    public long? MadeAt(int number) => _madeAt.TryGetValue(number, out var at) ? at : null;

    /// <summary>After all that the answer led to, so that there are none at no moment in between.</summary>
    public void End(int number)
    {
        _madeAt.Remove(number);
        Volatile.Write(ref _count, _madeAt.Count);
    }
}
