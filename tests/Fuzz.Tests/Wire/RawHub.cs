using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BmadServer.Fuzz.Tests.Wire;

/// <summary>A TCP connection to the hub that sends whatever bytes it is told to, and reads all that the server says.</summary>
internal sealed class RawHub : IDisposable
{
    public static readonly byte[] Handshake = [.. """{"protocol":"json","version":1}"""u8, Generation.HubFrames.EndOfFrame];

    /// <summary>Far longer than anything takes on a busy machine; only a run that fails waits for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const int LongestHead = 16 * 1024;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _patience = new(Patience);
    private readonly Action<ReadOnlyMemory<byte>> _onRecord;
    private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _received = new byte[16 * 1024];
    private int _length;
    private readonly List<byte> _record = [];

    private RawHub(Action<ReadOnlyMemory<byte>> onRecord) => _onRecord = onRecord;

    /// <summary>The answer's status to the request for a WebSocket; 101 when it is one. 0 when there was none.</summary>
    public int Status { get; private set; }

    /// <summary>The answer's head, when it is no 101.</summary>
    public string Head { get; private set; } = "";

    /// <summary>The code of the server's close frame.</summary>
    public int? CloseCode { get; private set; }

    /// <summary>Completes when the server ends the connection.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Completes with the first record of the server's.</summary>
    public Task Heard => _heard.Task;

    /// <summary>The request that a client would send.</summary>
    public static byte[] RequestOf(Uri server, string accessToken) =>
        Encoding.ASCII.GetBytes(
            $"GET /hubs/chat HTTP/1.1\r\nHost: {server.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + $"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer {accessToken}\r\n\r\n"
        );

    /// <param name="request">The whole HTTP request.</param>
    /// <param name="onRecord">Called with each record of SignalR's that comes, one after the other.</param>
    public static async Task<RawHub> OpenAsync(Uri server, byte[] request, Action<ReadOnlyMemory<byte>> onRecord)
    {
        var hub = new RawHub(onRecord);
        try
        {
            await hub._socket.ConnectAsync(IPAddress.Loopback, server.Port, hub._patience.Token);
            await hub.SendAsync(request);
            await hub.ReadHeadAsync();
            hub.Ended = hub.Status == 101 ? hub.ReadAsync() : Task.CompletedTask;
            return hub;
        }
        catch
        {
            hub.Dispose();
            throw;
        }
    }

    /// <summary>Sends bytes as they are. That the server has gone meanwhile shows in <see cref="Ended"/>.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await _socket.SendAsync(bytes, _patience.Token)..];
            }
        }
        catch (SocketException)
        {
            // The reader notices too.
        }
    }

    /// <summary>Says nothing more, and waits until the server has had enough.</summary>
    /// <exception cref="TimeoutException">It does not let go.</exception>
    public async Task LetGoAsync()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It has gone already.
        }

        await Ended.WaitAsync(Patience);
    }

    /// <summary>Drops it with a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        Dispose();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _patience.Dispose();
    }

    private async Task ReadHeadAsync()
    {
        try
        {
            int end;
            while ((end = _received.AsSpan(0, _length).IndexOf("\r\n\r\n"u8)) < 0)
            {
                var received = _length < LongestHead ? await _socket.ReceiveAsync(_received.AsMemory(_length), _patience.Token) : 0;
                if (received == 0)
                {
                    return;
                }

                _length += received;
            }

            Head = Encoding.ASCII.GetString(_received, 0, end);
            Status = int.Parse(Head.AsSpan(9, 3));
            Drop(end + 4);
        }
        catch (SocketException)
        {
            // It was reset without an answer.
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                while (TryTakeFrame())
                {
                    // One after the other.
                }

                if (_length == _received.Length)
                {
                    Array.Resize(ref _received, 2 * _length);
                }

                var received = await _socket.ReceiveAsync(_received.AsMemory(_length), CancellationToken.None);
                if (received == 0)
                {
                    break;
                }

                _length += received;
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // It is gone.
        }
        finally
        {
            _heard.TrySetResult();
        }
    }

    private bool TryTakeFrame()
    {
        var bytes = _received.AsSpan(0, _length);
        if (bytes.Length < 2)
        {
            return false;
        }

        var (header, length) = (bytes[1] & 0x7f) switch
        {
            126 when bytes.Length >= 4 => (4, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])),
            127 when bytes.Length >= 10 => (10, (int)BinaryPrimitives.ReadUInt64BigEndian(bytes[2..])),
            126 or 127 => (int.MaxValue, 0),
            var small => (2, small),
        };
        if (header > bytes.Length || length > bytes.Length - header)
        {
            return false;
        }

        Take(bytes[0] & 0x0f, _received.AsMemory(header, length));
        Drop(header + length);
        return true;
    }

    private void Take(int kind, ReadOnlyMemory<byte> payload)
    {
        if (kind == WebSocketFrame.Close)
        {
            CloseCode = payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload.Span) : 1005;
        }
        else if (kind <= WebSocketFrame.Binary)
        {
            foreach (var value in payload.Span)
            {
                if (value != Generation.HubFrames.EndOfFrame)
                {
                    _record.Add(value);
                    continue;
                }

                var record = _record.ToArray();
                _record.Clear();
                _onRecord(record);
                _heard.TrySetResult();
            }
        }
    }

    private void Drop(int count)
    {
        _received.AsSpan(count, _length - count).CopyTo(_received);
        _length -= count;
    }
}
