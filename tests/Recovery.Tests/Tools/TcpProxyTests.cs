using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BmadServer.Testing;

namespace BmadServer.Recovery.Tests.Tools;

public sealed class TcpProxyTests
{
    private TcpListener _server = null!;
    private TcpProxy _proxy = null!;

    [SetUp]
    public void Start()
    {
        _server = new TcpListener(IPAddress.Loopback, 0);
        _server.Start();
        _proxy = new TcpProxy(((IPEndPoint)_server.LocalEndpoint).Port);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _proxy.DisposeAsync();
        _server.Dispose();
    }

    [Test]
    public async Task A_clean_close_ends_both_sides_with_what_was_sent_before()
    {
        var (client, server) = await ConnectAsync();
        using (client)
        using (server)
        {
            await server.GetStream().WriteAsync("last words"u8.ToArray());
            await client.GetStream().WriteAsync("unheard"u8.ToArray());
            await ReadAsync(server, 7);

            _proxy.CloseConnections();

            (await ReadToEndAsync(client)).ShouldBe("last words");
            (await ReadToEndAsync(server)).ShouldBe("");
        }
    }

    [Test]
    public async Task A_reset_fails_on_both_sides()
    {
        var (client, server) = await ConnectAsync();
        using (client)
        using (server)
        {
            _proxy.ResetConnections();

            await Should.ThrowAsync<IOException>(() => ReadToEndAsync(client));
            await Should.ThrowAsync<IOException>(() => ReadToEndAsync(server));
        }
    }

    [Test]
    public async Task A_connection_is_cut_before_a_piece_or_at_its_answer_and_the_others_stay()
    {
        _proxy.CutAt = bytes =>
            bytes.Span.IndexOf("never"u8) >= 0 ? Cut.Before
            : bytes.Span.IndexOf("heard"u8) >= 0 ? Cut.AtAnswer
            : Cut.Nowhere;
        var (never, neverServer) = await ConnectAsync();
        var (heard, heardServer) = await ConnectAsync();
        var (other, otherServer) = await ConnectAsync();
        using (never)
        using (neverServer)
        using (heard)
        using (heardServer)
        using (other)
        using (otherServer)
        {
            await never.GetStream().WriteAsync("never"u8.ToArray());
            await heard.GetStream().WriteAsync("heard"u8.ToArray());
            await other.GetStream().WriteAsync("other"u8.ToArray());

            await Should.ThrowAsync<IOException>(() => ReadAsync(neverServer, 1));
            (await ReadAsync(heardServer, 5)).ShouldBe("heard");
            await heardServer.GetStream().WriteAsync("answer"u8.ToArray());
            await Should.ThrowAsync<IOException>(() => ReadAsync(heard, 1));
            (await ReadAsync(otherServer, 5)).ShouldBe("other");
        }
    }

    [Test]
    public async Task A_delay_holds_one_direction_and_not_the_other()
    {
        var (client, server) = await ConnectAsync();
        using (client)
        using (server)
        {
            _proxy.DelayToServer = TimeSpan.FromSeconds(2);
            var start = Stopwatch.StartNew();
            await client.GetStream().WriteAsync("up"u8.ToArray());
            await server.GetStream().WriteAsync("down"u8.ToArray());

            (await ReadAsync(client, 4)).ShouldBe("down");
            start.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));
            (await ReadAsync(server, 2)).ShouldBe("up");
            start.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(1.9));
        }
    }

    [Test]
    public async Task A_stall_holds_what_is_sent_until_it_ends()
    {
        var (client, server) = await ConnectAsync();
        using (client)
        using (server)
        {
            _proxy.Stall();
            await client.GetStream().WriteAsync("up"u8.ToArray());
            var read = ReadAsync(server, 2);
            (await Task.WhenAny(read, Task.Delay(200))).ShouldNotBe(read);

            _proxy.Resume();

            (await read).ShouldBe("up");
        }
    }

    [Test]
    public async Task New_connections_are_refused_for_a_while_and_open_ones_stay()
    {
        var (client, server) = await ConnectAsync();
        using (client)
        using (server)
        {
            _proxy.Refuse();

            using var refused = new TcpClient();
            (await Should.ThrowAsync<SocketException>(() => refused.ConnectAsync(IPAddress.Loopback, _proxy.Port)))
                .SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
            await client.GetStream().WriteAsync("still"u8.ToArray());
            (await ReadAsync(server, 5)).ShouldBe("still");

            _proxy.Accept();

            var (second, secondServer) = await ConnectAsync();
            second.Dispose();
            secondServer.Dispose();
        }
    }

    private static async Task<string> ReadAsync(TcpClient from, int bytes)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var buffer = new byte[bytes];
        await from.GetStream().ReadExactlyAsync(buffer, patience.Token);
        return System.Text.Encoding.UTF8.GetString(buffer);
    }

    private static async Task<string> ReadToEndAsync(TcpClient from)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var reader = new StreamReader(from.GetStream(), leaveOpen: true);
        return await reader.ReadToEndAsync(patience.Token);
    }

    private async Task<(TcpClient Client, TcpClient Server)> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _proxy.Port);
        var server = await _server.AcceptTcpClientAsync();
        // Both ways, so that the proxy has taken it in.
        await client.GetStream().WriteAsync("?"u8.ToArray());
        await ReadAsync(server, 1);
        return (client, server);
    }
}
