using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace BmadServer.Testing;

/// <summary>
/// Stands between a client and a server on this machine and does to their connections what networks do: cuts them off, or
/// lets them go silent.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<TcpClient, TcpClient> _connections = new();
    private readonly Task _accepting;
    private volatile int _targetPort;
    private volatile TaskCompletionSource _flowing = Completed();

    /// <param name="targetPort">The port on 127.0.0.1 that connections are passed on to.</param>
    public TcpProxy(int targetPort)
    {
        _targetPort = targetPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Url => new($"http://127.0.0.1:{Port}");

    /// <summary>From the next connection on, passes on to another port: the server came back elsewhere.</summary>
    public void Retarget(int port) => _targetPort = port;

    /// <summary>Resets every open connection, as a network that is gone does; new ones are accepted.</summary>
    public void ResetConnections()
    {
        foreach (var (client, server) in _connections)
        {
            Reset(client);
            Reset(server);
        }
    }

    /// <summary>No byte passes any more, in either direction, and nobody is told: a half-open connection.</summary>
    public void Stall() => _flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was held back passes on.</summary>
    public void Resume() => _flowing.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
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

    private static void Reset(TcpClient client)
    {
        try
        {
            // Null once it is closed, which its own end may do at any moment.
            client.Client?.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // There is nothing left to reset.
        }

        client.Close();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _targetPort, _stop.Token);
                _connections[client] = server;
                await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client));
            }
            catch (Exception failure) when (failure is OperationCanceledException or SocketException or IOException)
            {
                // The server is down: the client's connection closes, which is all that it would see without a proxy.
            }
            finally
            {
                _connections.TryRemove(client, out _);
            }
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
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

                await to.GetStream().WriteAsync(buffer.AsMemory(0, count), _stop.Token);
            }
        }
        catch (Exception failure)
            when (failure is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One side is gone; the other is closed with it.
        }
    }
}
