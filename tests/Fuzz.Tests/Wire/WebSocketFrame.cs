using System.Buffers.Binary;

namespace BmadServer.Fuzz.Tests.Wire;

/// <summary>Frames as RFC 6455 has them, or not quite.</summary>
internal static class WebSocketFrame
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;

    private const int Mask = 0x80;
    private const int Final = 0x80;

    /// <param name="first">The whole first byte: whether it is the last fragment, reserved bits, kind.</param>
    /// <param name="saidLength">What the frame says its length is; by default what it is.</param>
    public static void Write(List<byte> output, int first, ReadOnlySpan<byte> payload, bool isMasked = true, ulong? saidLength = null)
    {
        output.Add((byte)first);
        var length = saidLength ?? (ulong)payload.Length;
        var mask = isMasked ? Mask : 0;
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(number, length);
        switch (length)
        {
            case < 126:
                output.Add((byte)(mask | (int)length));
                break;
            case <= ushort.MaxValue:
                output.Add((byte)(mask | 126));
                output.AddRange(number[6..]);
                break;
            default:
                output.Add((byte)(mask | 127));
                output.AddRange(number);
                break;
        }

        if (isMasked)
        {
            // A mask that changes nothing.
            output.AddRange([0, 0, 0, 0]);
        }

        output.AddRange(payload);
    }

    /// <summary>One message, in as many fragments as asked for.</summary>
    /// <param name="kind"><see cref="Text"/> or <see cref="Binary"/>.</param>
    public static void WriteMessage(List<byte> output, int kind, ReadOnlySpan<byte> message, int fragments)
    {
        var size = message.Length / fragments + 1;
        var isFirst = true;
        do
        {
            var part = message[..Math.Min(size, message.Length)];
            message = message[part.Length..];
            Write(output, (isFirst ? kind : Continuation) | (message.IsEmpty ? Final : 0), part);
            isFirst = false;
        } while (!message.IsEmpty);
    }
}
