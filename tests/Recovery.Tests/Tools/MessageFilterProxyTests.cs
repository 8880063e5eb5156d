using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using BmadServer.Testing;

namespace BmadServer.Recovery.Tests.Tools;

/// <summary>Against a server that is nothing but bytes, cut wherever it hurts.</summary>
public sealed class MessageFilterProxyTests
{
    private const string Handshake = "{}\u001e";
    private const string Lost = """{"type":1,"target":"ReceiveEvent","arguments":[{"type":9}]}""" + "\u001e";
    private const string Kept = """{"type":1,"target":"PresenceChanged","arguments":[{"name":"Zoë"}]}""" + "\u001e";
    private const string Answer = """{"result":{"target":"no"},"invocationId":"7","type":3}""" + "\u001e";

    private TcpListener _server = null!;

    [SetUp]
    public void Start()
    {
        _server = new TcpListener(IPAddress.Loopback, 0);
        _server.Start();
    }

    [TearDown]
    public void Stop() => _server.Dispose();

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(1_000_000)]
    public async Task Picked_messages_are_dropped_and_the_rest_passes_whatever_the_pieces(int piece)
    {
        var big = $$"""{"type":3,"invocationId":"8","result":"{{new string('x', 70_000)}}"}""" + "\u001e";
        byte[] sent =
        [
            .. Frame(true, 1, Handshake),
            .. Frame(true, 1, Lost + Kept + Lost),
            .. Frame(false, 1, Kept[..20]),
            .. Frame(true, 9, "ping"),
            .. Frame(true, 0, Kept[20..] + Answer),
            .. Frame(true, 1, Lost),
            .. Frame(true, 1, piece == 1 ? Answer : big),
            .. Frame(true, 8, "\u0003è"),
        ];

        await using var proxy = new MessageFilterProxy(Port, message => message.Target == "ReceiveEvent");
        var received = await ExchangeAsync(proxy.Port, sent, piece);

        received.ShouldBe(Handshake + Kept + Kept + Answer + (piece == 1 ? Answer : big));
        proxy.Dropped.ShouldBe(3);
    }

    [Test]
    public async Task Answers_are_told_by_their_type_and_call()
    {
        var seen = new List<(int, string?)>();
        await using var proxy = new MessageFilterProxy(
            Port,
            message =>
            {
                seen.Add((message.Type, message.InvocationId));
                return message is { Type: HubMessage.Answer, InvocationId: "7" };
            }
        );

        var received = await ExchangeAsync(proxy.Port, [.. Frame(true, 1, Handshake + Answer + Kept), .. Frame(true, 8, "\u0003è")], 1000);

        received.ShouldBe(Handshake + Kept);
        seen.ShouldBe([(0, null), (3, "7"), (1, null)]);
    }

    [Test]
    public async Task A_compressed_frame_fails_the_test_instead_of_passing_unread()
    {
        var proxy = new MessageFilterProxy(Port, _ => true);
        var frame = Frame(true, 1, Handshake);
        frame[0] |= 0x40;

        // A client whose upgrade gets no answer tries again by itself, so the frame comes after it.
        var failure = await Should.ThrowAsync<WebSocketException>(() => ExchangeAsync(proxy.Port, frame, 1000, afterUpgrade: true));
        failure.WebSocketErrorCode.ShouldBe(WebSocketError.ConnectionClosedPrematurely);

        await Should.ThrowAsync<InvalidOperationException>(async () => await proxy.DisposeAsync());
    }

    private int Port => ((IPEndPoint)_server.LocalEndpoint).Port;

    private static byte[] Frame(bool final, int kind, string text)
    {
        var payload = kind == 8 ? [0x03, 0xe8] : Encoding.UTF8.GetBytes(text);
        byte first = (byte)((final ? 0x80 : 0) | kind);
        byte[] head = payload.Length switch
        {
            < 126 => [first, (byte)payload.Length],
            <= ushort.MaxValue => [first, 126, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [first, 127, 0, 0, 0, 0, 0, (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length],
        };
        return [.. head, .. payload];
    }

    /// <summary>Sends the frames in pieces to a WebSocket client behind the proxy, and returns the text that it gets.</summary>
    private async Task<string> ExchangeAsync(int port, byte[] frames, int piece, bool afterUpgrade = false)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var upgraded = new TaskCompletionSource();
        var serving = ServeAsync(frames, piece, afterUpgrade ? upgraded.Task : Task.CompletedTask, patience.Token);
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/"), patience.Token);
        upgraded.SetResult();
        using var received = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            var result = await client.ReceiveAsync(buffer, patience.Token);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                client.Abort();
                await serving;
                return Encoding.UTF8.GetString(received.ToArray());
            }

            received.Write(buffer, 0, result.Count);
        }
    }

    private async Task ServeAsync(byte[] frames, int piece, Task upgraded, CancellationToken cancellationToken)
    {
        using var connection = await _server.AcceptTcpClientAsync(cancellationToken);
        connection.NoDelay = true;
        var stream = connection.GetStream();
        using var reader = new StreamReader(stream, leaveOpen: true);
        var key = "";
        while (await reader.ReadLineAsync(cancellationToken) is { Length: > 0 } line)
        {
            key = line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal) ? line[19..] : key;
        }

        // RFC 6455, 1.3.
        var proof = Convert.ToBase64String(
#pragma warning disable CA5350 // The protocol asks for this hash; it protects nothing.
            System.Security.Cryptography.SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
#pragma warning restore CA5350
        );
        var answer = $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {proof}\r\n\r\n";
        var bytes = Encoding.ASCII.GetBytes(answer);
        if (upgraded.IsCompleted)
        {
            bytes = [.. bytes, .. frames];
        }
        else
        {
            await stream.WriteAsync(bytes, cancellationToken);
            await upgraded;
            bytes = frames;
        }

        for (var i = 0; i < bytes.Length; i += piece)
        {
            await stream.WriteAsync(bytes.AsMemory(i, Math.Min(piece, bytes.Length - i)), cancellationToken);
        }

        // The client goes first, so that nothing is lost to a reset.
        await stream.CopyToAsync(Stream.Null, cancellationToken);
    }
}
