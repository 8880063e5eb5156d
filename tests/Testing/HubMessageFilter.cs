using System.Buffers.Binary;

namespace BmadServer.Testing;

/// <summary>
/// What a server sends on one connection, without the hub messages that are to be dropped. It reads the answer to the upgrade,
/// WebSocket frames (RFC 6455, 5.2), and in them messages that end with U+001E; a WebSocket message may hold several, and a
/// message may lie in several frames.
/// </summary>
internal sealed class HubMessageFilter(Func<HubMessage, bool> drop) : IStreamFilter
{
    private const byte EndOfMessage = 0x1e;
    private const byte Final = 0x80;
    private const byte Reserved = 0x70;
    private const byte Masked = 0x80;
    private const int Continuation = 0;
    private const int Text = 1;
    private const int FirstControlFrame = 8;

    private readonly List<byte> _input = [];
    private readonly List<byte> _message = [];
    private readonly List<byte> _output = [];
    private bool _isUpgraded;

    public Memory<byte> Pass(ReadOnlySpan<byte> bytes)
    {
        _output.Clear();
        _input.AddRange(bytes);
        if (!_isUpgraded)
        {
            ReadAnswer();
        }

        if (_isUpgraded)
        {
            while (ReadFrame()) { }
        }

        return _output.ToArray();
    }

    /// <summary>Anything but the answer to an upgrade passes as it is, such as REST over a connection that is used again.</summary>
    private void ReadAnswer()
    {
        var input = _input.ToArray();
        var upgrade = "HTTP/1.1 101"u8;
        if (!input.AsSpan().StartsWith(upgrade[..Math.Min(upgrade.Length, input.Length)]))
        {
            _output.AddRange(input);
            _input.Clear();
            return;
        }

        var end = input.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end >= 0)
        {
            var length = end + 4;
            _output.AddRange(input.AsSpan(0, length));
            _input.RemoveRange(0, length);
            _isUpgraded = true;
        }
    }

    private bool ReadFrame()
    {
        if (_input.Count < 2)
        {
            return false;
        }

        if ((_input[0] & Reserved) != 0 || (_input[1] & Masked) != 0)
        {
            throw new InvalidDataException("A compressed or masked frame came from the server, whose messages cannot be picked.");
        }

        var head = 2;
        long length = _input[1];
        if (length >= 126)
        {
            head += length == 126 ? 2 : 8;
            if (_input.Count < head)
            {
                return false;
            }

            var extended = _input.GetRange(2, head - 2).ToArray();
            length = head == 4 ? BinaryPrimitives.ReadUInt16BigEndian(extended) : BinaryPrimitives.ReadInt64BigEndian(extended);
        }

        if (_input.Count < head + length)
        {
            return false;
        }

        var kind = _input[0] & 0x0f;
        var frame = _input.GetRange(0, head + (int)length);
        _input.RemoveRange(0, frame.Count);
        if (kind >= FirstControlFrame)
        {
            _output.AddRange(frame);
        }
        else if (kind is Continuation or Text)
        {
            _message.AddRange(frame.Skip(head));
            PassMessages();
        }
        else
        {
            throw new InvalidDataException("A binary frame came from the server; only the JSON protocol can be filtered.");
        }

        return true;
    }

    /// <summary>What is left in one frame of its own. Where frames began and ended means nothing to SignalR.</summary>
    private void PassMessages()
    {
        var kept = new List<byte>();
        while (_message.IndexOf(EndOfMessage) is var end and >= 0)
        {
            var message = _message.GetRange(0, end).ToArray();
            _message.RemoveRange(0, end + 1);
            if (!drop(HubMessage.Read(message)))
            {
                kept.AddRange(message);
                kept.Add(EndOfMessage);
            }
        }

        if (kept.Count == 0)
        {
            return;
        }

        _output.Add(Final | Text);
        if (kept.Count < 126)
        {
            _output.Add((byte)kept.Count);
        }
        else
        {
            Span<byte> length = stackalloc byte[8];
            if (kept.Count <= ushort.MaxValue)
            {
                _output.Add(126);
                BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)kept.Count);
                _output.AddRange(length[..2]);
            }
            else
            {
                _output.Add(127);
                BinaryPrimitives.WriteInt64BigEndian(length, kept.Count);
                _output.AddRange(length);
            }
        }

        _output.AddRange(kept);
    }
}
