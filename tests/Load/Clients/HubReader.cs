using System.Buffers.Binary;

namespace BmadServer.Load.Clients;

/// <summary>
/// Turns the bytes of a WebSocket (RFC 6455, 5.2) into hub messages, which end with U+001E. A frame may hold several messages, and
/// a message may lie in several frames. A message that lies in one frame is handed out where it was received.
/// </summary>
internal sealed class HubReader
{
    private const byte EndOfMessage = 0x1e;
    private const int Continuation = 0;
    private const int Text = 1;
    private const int Close = 8;
    private const int Ping = 9;

    private byte[] _buffer;
    private int _start;
    private int _end;
    private int _payloadEnd;
    private byte[] _partial = [];
    private int _partialLength;
    private bool _partialTaken;

    /// <param name="bytes">What it begins with; it grows to the largest frame.</param>
    public HubReader(int bytes) => _buffer = new byte[bytes];

    /// <summary>Whether the server has said goodbye.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Whether a WebSocket ping came that is to be answered; reading it clears it.</summary>
    public bool TakePing()
    {
        var asked = _isPinged;
        _isPinged = false;
        return asked;
    }

    private bool _isPinged;

    /// <summary>Where the next bytes go. Never empty. What was handed out before is no longer valid.</summary>
    public Memory<byte> FreeSpace()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _payloadEnd -= _start;
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        return _buffer.AsMemory(_end);
    }

    /// <summary>So many bytes were written to <see cref="FreeSpace"/>.</summary>
    public void Received(int bytes) => _end += bytes;

    /// <param name="message">Without the character that ends it; valid until the next call of anything.</param>
    /// <returns>Whether there was a whole one.</returns>
    public bool TryRead(out ReadOnlySpan<byte> message)
    {
        if (_partialTaken)
        {
            _partialLength = 0;
            _partialTaken = false;
        }

        while (true)
        {
            if (_start >= _payloadEnd && !TryOpenFrame())
            {
                message = default;
                return false;
            }

            var payload = _buffer.AsSpan(_start, _payloadEnd - _start);
            var end = payload.IndexOf(EndOfMessage);
            if (end < 0)
            {
                Keep(payload);
                _start = _payloadEnd;
                continue;
            }

            _start += end + 1;
            if (_partialLength == 0)
            {
                message = payload[..end];
                return true;
            }

            Keep(payload[..end]);
            _partialTaken = true;
            message = _partial.AsSpan(0, _partialLength);
            return true;
        }
    }

    /// <returns>Whether a frame of text lies whole in the buffer, from <see cref="_start"/> to <see cref="_payloadEnd"/>.</returns>
    private bool TryOpenFrame()
    {
        while (TryMeasureFrame(out var head, out var length))
        {
            var kind = _buffer[_start] & 0x0f;
            _start += head;
            _payloadEnd = _start + length;
            switch (kind)
            {
                case Continuation or Text:
                    if (length > 0)
                    {
                        return true;
                    }

                    break;
                case Close:
                    IsClosed = true;
                    break;
                case Ping:
                    _isPinged = true;
                    break;
            }

            _start = _payloadEnd;
        }

        _payloadEnd = _start;
        return false;
    }

    private bool TryMeasureFrame(out int head, out int length)
    {
        head = 2;
        length = 0;
        var input = _buffer.AsSpan(_start, _end - _start);
        if (input.Length < head)
        {
            return false;
        }

        length = input[1] & 0x7f;
        if (length == 126)
        {
            head = 4;
            if (input.Length < head)
            {
                return false;
            }

            length = BinaryPrimitives.ReadUInt16BigEndian(input[2..]);
        }
        else if (length == 127)
        {
            head = 10;
            if (input.Length < head)
            {
                return false;
            }

            length = checked((int)BinaryPrimitives.ReadInt64BigEndian(input[2..]));
        }

        return input.Length >= head + length;
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (_partial.Length < _partialLength + part.Length)
        {
            Array.Resize(ref _partial, Math.Max(1024, 2 * (_partialLength + part.Length)));
        }

        part.CopyTo(_partial.AsSpan(_partialLength));
        _partialLength += part.Length;
    }
}
