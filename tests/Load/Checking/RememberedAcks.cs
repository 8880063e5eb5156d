using System.Runtime.InteropServices;

namespace BmadServer.Load.Checking;

/// <summary>
/// The acks of one connection as they came. They are copied while a run is measured, which takes next to nothing, and read when it is
/// over.
/// </summary>
internal sealed class RememberedAcks
{
    /// <summary>So large that the garbage collector never moves it.</summary>
    private const int PieceBytes = 128 * 1024;

    private static readonly int HeadBytes = Marshal.SizeOf<Head>();

    private readonly List<byte[]> _pieces = [];
    private readonly List<int> _lengths = [];

    public int Count { get; private set; }

    /// <param name="call">The number of the call that is answered.</param>
    /// <param name="sentAt">As <see cref="TimeProvider.GetTimestamp"/>.</param>
    /// <param name="at">As <see cref="TimeProvider.GetTimestamp"/>.</param>
    /// <param name="answer">The whole message.</param>
    public void Add(int call, long sentAt, long at, ReadOnlySpan<byte> answer)
    {
        var length = HeadBytes + answer.Length;
        if (_pieces.Count == 0 || _lengths[^1] + length > _pieces[^1].Length)
        {
            _pieces.Add(GC.AllocateUninitializedArray<byte>(Math.Max(PieceBytes, length)));
            _lengths.Add(0);
        }

        var place = _pieces[^1].AsSpan(_lengths[^1], length);
        MemoryMarshal.Write(place, new Head(sentAt, at, call, answer.Length));
        answer.CopyTo(place[HeadBytes..]);
        _lengths[^1] += length;
        Count++;
    }

    /// <summary>In the order in which they came.</summary>
    public IEnumerable<RememberedAck> Read()
    {
        foreach (var (piece, length) in _pieces.Zip(_lengths))
        {
            for (var at = 0; at < length; )
            {
                var head = MemoryMarshal.Read<Head>(piece.AsSpan(at));
                at += HeadBytes;
                yield return new RememberedAck(head.Call, head.SentAt, head.At, piece.AsMemory(at, head.Length));
                at += head.Length;
            }
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Head(long SentAt, long At, int Call, int Length);
}

/// <param name="Call">The number of the call that is answered.</param>
/// <param name="SentAt">As <see cref="TimeProvider.GetTimestamp"/>.</param>
/// <param name="At">As <see cref="TimeProvider.GetTimestamp"/>.</param>
/// <param name="Answer">The whole message.</param>
internal readonly record struct RememberedAck(int Call, long SentAt, long At, ReadOnlyMemory<byte> Answer);
