using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace BmadServer.Testing;

/// <summary>
/// Stands between a client and a server and does to their connections what networks do: cuts them off, delays them, or lets
/// them go silent.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    /// <summary>How long both sides of a connection that was closed may take to close theirs.</summary>
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Connection, bool> _connections = new();
    private readonly string _targetHost;
    private readonly Func<IStreamFilter>? _filterToClient;
    private readonly Lock _gate = new();
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private volatile Func<int> _targetPort;
    private volatile TaskCompletionSource _flowing = Completed();

    /// <param name="targetPort">The port that connections are passed on to.</param>
    /// <param name="targetHost">By default this machine.</param>
    public TcpProxy(int targetPort, string targetHost = "127.0.0.1")
        : this(() => targetPort, targetHost) { }

    /// <param name="targetPort">Chooses the port that a connection is passed on to.</param>
    /// <param name="targetHost">By default this machine.</param>
    public TcpProxy(Func<int> targetPort, string targetHost = "127.0.0.1")
        : this(targetPort, targetHost, filterToClient: null) { }

    /// <param name="filterToClient">Makes, for each connection, what changes the bytes from the server to the client.</param>
    internal TcpProxy(Func<int> targetPort, string targetHost, Func<IStreamFilter>? filterToClient)
    {
        _targetPort = targetPort;
        _targetHost = targetHost;
        _filterToClient = filterToClient;
        Port = Ports.FindFree();
        Accept();
    }

    public int Port { get; }

    public Uri Url => new($"http://127.0.0.1:{Port}");

    /// <summary>How long each piece of what a client sends is held. Pieces that come meanwhile go on together.</summary>
    public TimeSpan DelayToServer { get; set; }

    /// <summary>How long each piece of what the server sends is held. Pieces that come meanwhile go on together.</summary>
    public TimeSpan DelayToClient { get; set; }

    /// <summary>
    /// Sees each piece of what a client sends before it passes, and says whether the connection is to be reset there. It may be called
    /// for several connections at once.
    /// </summary>
    public Func<ReadOnlyMemory<byte>, Cut>? CutAt { get; set; }

    /// <summary>Connections that are open now.</summary>
    public int Connections => _connections.Count;

    /// <summary>From the next connection on, passes on to another port: the server came back elsewhere.</summary>
    public void Retarget(int port) => _targetPort = () => port;

    /// <summary>Resets every open connection, as a network that is gone does; new ones are accepted.</summary>
    public void ResetConnections()
    {
        foreach (var connection in _connections.Keys)
        {
            connection.Reset();
        }
    }

    /// <summary>Closes every open connection towards both sides, in an orderly way (FIN); new ones are accepted.</summary>
    public void CloseConnections()
    {
        foreach (var connection in _connections.Keys)
        {
            connection.Close();
        }
    }

    /// <summary>No byte passes any more, in either direction, and nobody is told: a half-open connection.</summary>
    public void Stall() => _flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was held back passes on.</summary>
    public void Resume() => _flowing.TrySetResult();

    /// <summary>New connections are refused, as by a machine without the server; the open ones stay.</summary>
    public void Refuse()
    {
        lock (_gate)
        {
            _listener?.Stop();
            _listener = null;
        }
    }

    /// <summary>New connections are accepted again, at the same address.</summary>
    public void Accept()
    {
        lock (_gate)
        {
            if (_listener is not null)
            {
                return;
            }

            _listener = new TcpListener(IPAddress.Loopback, Port);
            _listener.Start();
            _accepting = AcceptAsync(_listener);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Refuse();
        Resume();
        ResetConnections();
        await _accepting;
        _stop.Dispose();
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var client = await listener.AcceptTcpClientAsync(_stop.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception failure)
            when (failure is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            var connection = new Connection(client, server);
            try
            {
                // What comes through a proxy comes no later for it.
                client.NoDelay = true;
                server.NoDelay = true;
                await server.ConnectAsync(_targetHost, _targetPort(), _stop.Token);
                _connections[connection] = true;
                var up = CopyAsync(client, server, connection, () => DelayToServer, filter: null, bytes => IsCutBefore(connection, bytes));
                var down = CopyAsync(
                    server,
                    client,
                    connection,
                    () => DelayToClient,
                    _filterToClient?.Invoke(),
                    _ => connection.IsCutAtAnswer
                );
                await Task.WhenAny(up, down);
                if (connection.IsClosing)
                {
                    await Task.WhenAny(Task.WhenAll(up, down), Task.Delay(ClosingTime, _stop.Token));
                }
            }
            catch (Exception failure) when (failure is OperationCanceledException or SocketException or IOException)
            {
                // The server is down: the client's connection closes, which is all that it would see without a proxy.
            }
            finally
            {
                _connections.TryRemove(connection, out _);
                if (connection.IsReset)
                {
                    // One side has been reset; the other must not be closed in an orderly way before it is reset too.
                    connection.Reset();
                }
            }
        }
    }

    private bool IsCutBefore(Connection connection, ReadOnlyMemory<byte> bytes)
    {
        switch (CutAt?.Invoke(bytes) ?? Cut.Nowhere)
        {
            case Cut.Before:
                return true;
            case Cut.AtAnswer:
                connection.IsCutAtAnswer = true;
                return false;
            default:
                return false;
        }
    }

    private async Task CopyAsync(
        TcpClient from,
        TcpClient to,
        Connection connection,
        Func<TimeSpan> delay,
        IStreamFilter? filter,
        Func<ReadOnlyMemory<byte>, bool> isCut
    )
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var count = await from.GetStream().ReadAsync(buffer, _stop.Token);
                await _flowing.Task.WaitAsync(_stop.Token);
                if (count == 0)
                {
                    return;
                }

                if (connection.IsClosing)
                {
                    // Read all the same: closing a socket with unread bytes would reset the connection.
                    continue;
                }

                var bytes = buffer.AsMemory(0, count);
                if (isCut(bytes))
                {
                    connection.Reset();
                    return;
                }

                if (filter is not null)
                {
                    bytes = filter.Pass(bytes.Span);
                }

                var hold = delay();
                if (hold > TimeSpan.Zero)
                {
                    await Task.Delay(hold, _stop.Token);
                }

                if (bytes.Length > 0 && !connection.IsClosing)
                {
                    await to.GetStream().WriteAsync(bytes, _stop.Token);
                }
            }
        }
        catch (Exception failure)
            when (failure is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One side is gone; the other is closed with it.
        }
    }

    private sealed class Connection(TcpClient client, TcpClient server)
    {
        private volatile bool _isClosing;
        private volatile bool _isReset;
        private volatile bool _isCutAtAnswer;

        public bool IsClosing => _isClosing;

        public bool IsReset => _isReset;

        /// <summary>Whether the next piece from the server ends it.</summary>
        public bool IsCutAtAnswer
        {
            get => _isCutAtAnswer;
            set => _isCutAtAnswer = value;
        }

        public void Close()
        {
            _isClosing = true;
            Shutdown(client);
            Shutdown(server);
        }

        public void Reset()
        {
            _isReset = true;
            Reset(client);
            Reset(server);
        }

        private static void Shutdown(TcpClient side)
        {
            try
            {
                side.Client?.Shutdown(SocketShutdown.Send);
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                // Its own end was quicker.
            }
        }

        private static void Reset(TcpClient side)
        {
            try
            {
                // The socket itself: its wrappers would say an orderly farewell (FIN) first. Null once it is closed, which its own
                // end may do at any moment.
                var socket = side.Client;
                socket?.LingerState = new LingerOption(enable: true, seconds: 0);
                socket?.Close();
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                // There is nothing left to reset.
            }

            side.Close();
        }
    }
}
