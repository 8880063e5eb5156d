using System.Net;
using System.Net.Sockets;

namespace BmadServer.Load.Clients;

/// <summary>
/// One connection to a hub: SignalR's JSON protocol on a WebSocket on a bare socket, without negotiation. It costs little enough
/// to stand beside the server that it measures: nothing is allocated for a message that is sent or received.
/// </summary>
internal sealed class HubConnection : IDisposable
{
    /// <summary>The number of calls that are awaited, such as joining; others are told to the listener.</summary>
    public const int AwaitedCall = int.MaxValue;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly byte[] Handshake = CallFrame.Frame("""{"protocol":"json","version":1}""");
    private static readonly byte[] Ping = CallFrame.Frame("""{"type":6}""");

    /// <summary>Masked, without a payload.</summary>
    private static readonly byte[] Pong = [0x8a, 0x80, 0, 0, 0, 0];

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly HubReader _reader;
    private readonly IHubListener _listener;
    private readonly Lock _sending = new();
    private readonly TaskCompletionSource _session = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<byte[]?>? _awaited;
    private bool _isShaken;
    private volatile bool _isDisposed;
    private byte[] _output = new byte[512];
    private int _outputLength;
    private long _bytesReceived;

    private HubConnection(int index, IHubListener listener, int bufferBytes)
    {
        Index = index;
        _listener = listener;
        _reader = new HubReader(bufferBytes);
    }

    /// <summary>Which of its fleet's connections it is, from 0.</summary>
    public int Index { get; }

    /// <summary>All that came from the server after the upgrade, frame heads included.</summary>
    public long BytesReceived => Interlocked.Read(ref _bytesReceived);

    /// <summary>Opens a connection and returns once the hub has answered the handshake.</summary>
    /// <param name="accessToken">Null where the hub asks for none. With one, the session's start is waited for too.</param>
    /// <param name="bufferBytes">What it begins to receive with; grows with what comes.</param>
    public static async Task<HubConnection> OpenAsync(
        Uri server,
        string? accessToken,
        IHubListener listener,
        int index = 0,
        int bufferBytes = 4096,
        CancellationToken cancellationToken = default
    )
    {
        var connection = new HubConnection(index, listener, bufferBytes);
        try
        {
            await connection._socket.ConnectAsync(IPAddress.Loopback, server.Port, cancellationToken);
            await WebSocketUpgrade.RequestAsync(connection._socket, server, accessToken, cancellationToken);
            connection.Send(Handshake);
            _ = connection.ReceiveAsync(waitForSession: accessToken is not null);
            await connection._session.Task.WaitAsync(Patience, cancellationToken);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Sends at once. May be called from several threads.</summary>
    public void Send(ReadOnlySpan<byte> frame)
    {
        lock (_sending)
        {
            if (!_isDisposed)
            {
                SendAll(frame);
            }
        }
    }

    /// <summary>Puts a frame aside for <see cref="Flush"/>. Only from within what the listener is told.</summary>
    public void Add(ReadOnlySpan<byte> frame)
    {
        if (_outputLength + frame.Length > _output.Length)
        {
            Array.Resize(ref _output, 2 * (_outputLength + frame.Length));
        }

        frame.CopyTo(_output.AsSpan(_outputLength));
        _outputLength += frame.Length;
    }

    /// <summary>Sends what was put aside, at once.</summary>
    public void Flush()
    {
        if (_outputLength > 0)
        {
            Send(_output.AsSpan(0, _outputLength));
            _outputLength = 0;
        }
    }

    /// <summary>Says that this side is still there, as the protocol asks of clients every 15 s or so.</summary>
    public void SendPing() => Send(Ping);

    /// <summary>Makes a call and waits for its answer. One at a time.</summary>
    /// <param name="arguments">As JSON, without the brackets.</param>
    /// <returns>The whole answer.</returns>
    /// <exception cref="InvalidOperationException">The server refuses it.</exception>
    public Task<byte[]> CallAsync(string target, string arguments, CancellationToken cancellationToken = default) =>
        CallAsync(CallFrame.Create(AwaitedCall, target, arguments).Bytes, cancellationToken);

    /// <inheritdoc cref="CallAsync(string, string, CancellationToken)"/>
    /// <param name="frame">A call with the number <see cref="AwaitedCall"/>.</param>
    public Task<byte[]> CallAsync(ReadOnlySpan<byte> frame, CancellationToken cancellationToken = default)
    {
        var awaited = new TaskCompletionSource<byte[]?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _awaited = awaited;
        Send(frame);
        return ReadAsync(awaited.Task.WaitAsync(Patience, cancellationToken));

        static async Task<byte[]> ReadAsync(Task<byte[]?> awaited)
        {
            var answer = await awaited ?? throw new InvalidOperationException("The connection was lost before the answer.");
            return HubMessage.Read(answer).IsRefused
                ? throw new InvalidOperationException($"A call was refused: {HubMessage.ErrorOf(answer)}")
                : answer;
        }
    }

    /// <summary>Drops the connection with a reset, as a device does that has lost its network.</summary>
    public void Abort()
    {
        lock (_sending)
        {
            _isDisposed = true;
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
            _socket.Dispose();
        }
    }

    /// <summary>Ends the connection without a word.</summary>
    public void Dispose()
    {
        lock (_sending)
        {
            _isDisposed = true;
            _socket.Dispose();
        }
    }

    private async Task ReceiveAsync(bool waitForSession)
    {
        var reason = "end of stream";
        try
        {
            while (!_reader.IsClosed)
            {
                var received = await _socket.ReceiveAsync(_reader.FreeSpace());
                if (received == 0)
                {
                    break;
                }

                _reader.Received(received);
                Interlocked.Add(ref _bytesReceived, received);
                while (_reader.TryRead(out var message))
                {
                    Handle(message, ref waitForSession, ref reason);
                }

                _listener.OnQuiet(this);
                Flush();
                if (_reader.TakePing())
                {
                    Send(Pong);
                }
            }
        }
        catch (Exception failure)
        {
            reason = failure.Message;
        }

        _session.TrySetException(new InvalidOperationException($"The connection did not open: {reason}"));
        _awaited?.TrySetResult(null);
        if (!_isDisposed)
        {
            _listener.OnLost(this, reason);
        }
    }

    private void Handle(ReadOnlySpan<byte> message, ref bool waitForSession, ref string reason)
    {
        if (!_isShaken)
        {
            _isShaken = true;
            if (!waitForSession)
            {
                _session.TrySetResult();
            }

            return;
        }

        var read = HubMessage.Read(message);
        switch (read.Kind)
        {
            case HubMessageKind.Push when waitForSession:
                waitForSession = false;
                _session.TrySetResult();
                break;
            case HubMessageKind.Push:
                _listener.OnPush(this, message);
                break;
            case HubMessageKind.Answer when read.Call == AwaitedCall:
                _awaited?.TrySetResult(message.ToArray());
                break;
            case HubMessageKind.Answer:
                _listener.OnAnswer(this, read.Call, read.IsRefused ? HubMessage.ErrorOf(message) : null, message);
                break;
            case HubMessageKind.Close:
                reason = HubMessage.ErrorOf(message);
                break;
        }
    }

    private void SendAll(ReadOnlySpan<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[_socket.Send(bytes)..];
            }
        }
        catch (SocketException)
        {
            // The receiver notices too, and tells why.
        }
    }
}
