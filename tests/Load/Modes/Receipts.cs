namespace BmadServer.Load.Modes;

/// <summary>Who has received which message. May be told by several threads.</summary>
internal sealed class Receipts
{
    private const int Bits = 64;

    private readonly int _words;
    private readonly ulong[] _received;
    private readonly int[] _missing;
    private long _open;
    private long _repeats;

    /// <param name="messages">Their numbers begin with 0.</param>
    /// <param name="members">All of them receive each message; their numbers begin with 0.</param>
    public Receipts(int messages, int members)
    {
        _words = (members + Bits - 1) / Bits;
        _received = new ulong[messages * _words];
        _missing = new int[messages];
        Array.Fill(_missing, members);
        _open = messages;
    }

    /// <summary>How many messages somebody has not received yet.</summary>
    public long Open => Interlocked.Read(ref _open);

    /// <summary>How often a message came to somebody who had it already.</summary>
    public long Repeats => Interlocked.Read(ref _repeats);

    /// <summary>Somebody received a message.</summary>
    /// <returns>Whether all have received it now, and had not before.</returns>
    public bool Add(int message, int member)
    {
        var bit = 1UL << (member % Bits);
        if ((Interlocked.Or(ref _received[message * _words + member / Bits], bit) & bit) != 0)
        {
            Interlocked.Increment(ref _repeats);
            return false;
        }

        if (Interlocked.Decrement(ref _missing[message]) > 0)
        {
            return false;
        }

        Interlocked.Decrement(ref _open);
        return true;
    }
}
