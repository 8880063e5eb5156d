using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace BmadServer.Load.Clients;

/// <summary>
/// A call of a hub method as one WebSocket frame, rendered once. What differs from one send to the next are digits of fixed width,
/// which are written over.
/// </summary>
/// <remarks>The mask that the protocol asks of clients is 0, so that masked bytes are the bytes themselves.</remarks>
internal sealed class CallFrame
{
    private const byte EndOfMessage = 0x1e;
    private const byte FinalText = 0x81;
    private const byte Masked = 0x80;

    /// <summary>What stands for digits in the text of a frame.</summary>
    public const string Digits = "############";

    private static readonly byte[] Placeholder = Encoding.ASCII.GetBytes(Digits);

    private readonly byte[] _bytes;
    private readonly int _headBytes;
    private readonly int[] _places;

    private CallFrame(byte[] bytes)
    {
        _bytes = bytes;
        _headBytes = HeadBytes(bytes[1] & ~Masked);
        var places = new List<int>();
        for (var from = 0; bytes.AsSpan(from).IndexOf(Placeholder) is var at and >= 0; from += at + Placeholder.Length)
        {
            places.Add(from + at);
        }

        _places = [.. places];
    }

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <param name="call">Its number, which the answer repeats; null for <see cref="Digits"/>.</param>
    /// <param name="arguments">As JSON, without the brackets. May hold <see cref="Digits"/>.</param>
    public static CallFrame Create(int? call, string target, string arguments) =>
        new(Frame($$"""{"type":1,"invocationId":"{{Id(call)}}","target":"{{target}}","arguments":[{{arguments}}]}"""));

    /// <param name="message">A hub message, without the character that ends it.</param>
    public static byte[] Frame(string message)
    {
        var payload = Encoding.UTF8.GetBytes(message);
        var length = payload.Length + 1;
        var head = HeadBytes(length);
        var bytes = new byte[head + length];
        bytes[0] = FinalText;
        if (length < 126)
        {
            bytes[1] = (byte)(Masked | length);
        }
        else
        {
            bytes[1] = Masked | 126;
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), checked((ushort)length));
        }

        payload.CopyTo(bytes, head);
        bytes[^1] = EndOfMessage;
        return bytes;
    }

    /// <param name="length">Of the payload, or the 126 that stands for a long one.</param>
    private static int HeadBytes(int length)
    {
        const int maskBytes = 4;
        return (length < 126 ? 2 : 4) + maskBytes;
    }

    private static string Id(int? call) => call?.ToString(CultureInfo.InvariantCulture) ?? Digits;

    /// <summary>Writes the number wherever the frame has <see cref="Digits"/>, with leading zeros.</summary>
    /// <param name="number">0 to 999,999,999,999.</param>
    public ReadOnlySpan<byte> With(long number)
    {
        foreach (var place in _places)
        {
            Utf8Formatter.TryFormat(number, _bytes.AsSpan(place, Digits.Length), out _, new('D', (byte)Digits.Length));
        }

        return _bytes;
    }

    /// <summary>The hub message that <see cref="With"/> sends, without the character that ends it.</summary>
    public ReadOnlySpan<byte> MessageWith(long number) => With(number)[_headBytes..^1];
}
