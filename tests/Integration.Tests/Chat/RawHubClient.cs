using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>Speaks SignalR's JSON protocol by hand, for frames that no library would write.</summary>
internal sealed class RawHubClient : IAsyncDisposable
{
    private const char EndOfFrame = '\u001e';
    private const int Completion = 3;

    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _patience = new(Eventually.Patience);
    private readonly Queue<string> _frames = new();
    private string _begun = "";

    private RawHubClient() { }

    public static Uri AddressOf(Uri url, string accessToken) =>
        new UriBuilder(url)
        {
            Scheme = "ws",
            Path = "/hubs/chat",
            Query = $"access_token={accessToken}",
        }.Uri;

    public static async Task<RawHubClient> ConnectAsync(Uri url, string accessToken)
    {
        var client = await OpenAsync(url, accessToken);
        await client.GreetAsync();
        return client;
    }

    /// <summary>Only the WebSocket; <see cref="GreetAsync"/> makes a connection of it.</summary>
    public static async Task<RawHubClient> OpenAsync(Uri url, string accessToken)
    {
        var client = new RawHubClient();
        using var handler = new SocketsHttpHandler { ConnectCallback = ConnectNarrowAsync };
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        await client._socket.ConnectAsync(AddressOf(url, accessToken), invoker, client._patience.Token);
        return client;
    }

    public async Task GreetAsync()
    {
        await SendFrameAsync("""{"protocol":"json","version":1}""");
        (await ReadFrameAsync()).ShouldBe("{}");
    }

    public Task SendFrameAsync(string frame) => SendTextAsync(frame + EndOfFrame);

    /// <summary>Text that need not be a whole frame, nor only one.</summary>
    public Task SendTextAsync(string text) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, _patience.Token);

    /// <summary>The completion of this invocation; other frames before it are skipped.</summary>
    public async Task<JsonElement> CompletionAsync(string invocationId)
    {
        while (true)
        {
            var frame = JsonSerializer.Deserialize<JsonElement>(await ReadFrameAsync());
            if (frame.Number("type") == Completion && frame.Text("invocationId") == invocationId)
            {
                return frame;
            }
        }
    }

    /// <summary>Posts a message as a well-behaved client does, which shows that the connection still works.</summary>
    public async Task<JsonElement> PostAsync(string content, string invocationId)
    {
        var text = JsonSerializer.Serialize(content);
        await SendFrameAsync($$"""{"type":1,"invocationId":"{{invocationId}}","target":"SendMessage","arguments":[{{text}}]}""");
        return (await CompletionAsync(invocationId)).GetProperty("result");
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _patience.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>With little room for what has arrived and was not read, so that a client that does not read is soon full.</summary>
    private static async ValueTask<Stream> ConnectNarrowAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 8 * 1024 };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public async Task<string> ReadFrameAsync()
    {
        var buffer = new byte[16 * 1024];
        while (_frames.Count == 0)
        {
            var received = await _socket.ReceiveAsync(buffer, _patience.Token);
            received.MessageType.ShouldBe(WebSocketMessageType.Text, "the server closed the connection");
            var parts = (_begun + Encoding.UTF8.GetString(buffer, 0, received.Count)).Split(EndOfFrame);
            _begun = parts[^1];
            foreach (var whole in parts[..^1])
            {
                _frames.Enqueue(whole);
            }
        }

        return _frames.Dequeue();
    }
}
