using HdrHistogram;

namespace BmadServer.Load.Measuring;

/// <summary>Collects latencies from several threads: microseconds, three significant digits, up to two minutes.</summary>
internal sealed class Latencies
{
    private const long Longest = 120_000_000;
    private const int Digits = 3;

    /// <summary>A few, so that threads rarely wait for each other.</summary>
    private readonly (Lock Gate, LongHistogram Histogram)[] _parts =
    [
        .. Enumerable.Range(0, 4).Select(_ => (new Lock(), new LongHistogram(1, Longest, Digits))),
    ];

    /// <param name="hint">Anything that differs between threads, such as the connection's index.</param>
    /// <param name="from">As <see cref="TimeProvider.GetTimestamp"/>.</param>
    /// <param name="to">As <see cref="TimeProvider.GetTimestamp"/>.</param>
    public void Record(int hint, long from, long to)
    {
        var microseconds = (long)TimeProvider.System.GetElapsedTime(from, to).TotalMicroseconds;
        Record(hint, microseconds);
    }

    public void Record(int hint, long microseconds)
    {
        var (gate, histogram) = _parts[hint % _parts.Length];
        lock (gate)
        {
            histogram.RecordValue(Math.Clamp(microseconds, 1, Longest));
        }
    }

    /// <summary>Forgets all.</summary>
    public void Reset()
    {
        foreach (var (gate, histogram) in _parts)
        {
            lock (gate)
            {
                histogram.Reset();
            }
        }
    }

    public Distribution Read()
    {
        var all = new LongHistogram(1, Longest, Digits);
        foreach (var (gate, histogram) in _parts)
        {
            lock (gate)
            {
                all.Add(histogram);
            }
        }

        return Distribution.Of(all);
    }
}
