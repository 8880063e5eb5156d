using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;

namespace BmadServer.Recovery.Tests.Clients;

/// <summary>
/// One connection to the hub: SignalR's JSON protocol on a WebSocket and nothing else, so that thousands fit beside the
/// server that they test. It does not come back by itself.
/// </summary>
internal sealed class HubSocket : IAsyncDisposable
{
    private const byte EndOfFrame = 0x1e;
    private const int SmallestBuffer = 4 * 1024;
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(10);
    private static readonly byte[] Handshake = [.. """{"protocol":"json","version":1}"""u8, EndOfFrame];
    private static readonly byte[] Ping = [.. """{"type":6}"""u8, EndOfFrame];
    private static readonly HttpMessageInvoker Wide = Invoker(receiveBufferBytes: null);

    private readonly ClientWebSocket _socket = new();
    private readonly HubSocketOptions _options;
    private readonly IHubReceiver _receiver;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Dictionary<long, Pending> _pending = [];
    private readonly TaskCompletionSource<HubSession> _session = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource _reading = Open();
    private Task _readLoop = Task.CompletedTask;
    private Timer? _keepAlive;
    private byte[] _buffer = new byte[SmallestBuffer];
    private long _lastInvocation;
    private long _lastHeard;
    private bool _handshakeAnswered;
    private string? _ending;

    private HubSocket(HubSocketOptions options, IHubReceiver receiver)
    {
        _options = options;
        _receiver = receiver;
        // SignalR has pings of its own.
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
    }

    /// <summary>The session that the server gave this connection.</summary>
    public HubSession Session => _session.Task.Result;

    /// <summary>Completes when the connection is gone, with what is known about why.</summary>
    public Task<string> Closed => _closed.Task;

    /// <summary>The reason of <c>SessionEnded</c>, if the server sent one.</summary>
    public string? SessionEnded { get; private set; }

    /// <summary>When the last byte arrived, as <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long LastHeard => Interlocked.Read(ref _lastHeard);

    /// <summary>Opens a connection and returns when its session is there.</summary>
    /// <exception cref="RefusedException">The server refuses it: <c>auth.required</c>, <c>service.unavailable</c>, …</exception>
    /// <exception cref="ConnectionLostException">There is nobody, or the connection broke meanwhile.</exception>
    public static async Task<HubSocket> ConnectAsync(
        HubSocketOptions options,
        IHubReceiver receiver,
        CancellationToken cancellationToken = default
    )
    {
        var hub = new HubSocket(options, receiver);
        try
        {
            await hub.OpenAsync(cancellationToken);
            return hub;
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a call and returns its answer as JSON.</summary>
    /// <exception cref="RefusedException">The server says no.</exception>
    /// <exception cref="ConnectionLostException">The connection broke before the answer.</exception>
    public Task<JsonElement> InvokeAsync(string target, params object?[] arguments) =>
        InvokeAsync(target, static json => JsonSerializer.Deserialize<JsonElement>(json.Span), arguments);

    /// <inheritdoc cref="InvokeAsync(string, object[])"/>
    /// <param name="read">
    /// Reads the answer, which is valid until it returns. Runs on the read loop, so in order with what else arrives on this
    /// connection.
    /// </param>
    public async Task<T> InvokeAsync<T>(string target, Func<ReadOnlyMemory<byte>, T> read, params object?[] arguments)
    {
        var pending = new Pending<T>(read);
        long id;
        lock (_pending)
        {
            if (_ending is { } reason)
            {
                throw new ConnectionLostException(reason);
            }

            id = ++_lastInvocation;
            _pending.Add(id, pending);
        }

        try
        {
            await SendFrameAsync(Invocation(id, target, arguments));
            return await pending.Answer.WaitAsync(_options.AnswerLimit);
        }
        catch (TimeoutException)
        {
            End("no answer in time");
            return await pending.Answer;
        }
        finally
        {
            lock (_pending)
            {
                _pending.Remove(id);
            }
        }
    }

    /// <summary>Sends bytes as they are, as one WebSocket message, for clients that do not behave.</summary>
    /// <exception cref="ConnectionLostException">The connection is gone.</exception>
    public async Task SendFrameAsync(ReadOnlyMemory<byte> frame)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            End(failure.Message);
            throw new ConnectionLostException(failure.Message, failure);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Reads nothing more after the bytes that are being handled now, until <see cref="ResumeReading"/>.</summary>
    public void PauseReading() => _reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ResumeReading() => _reading.TrySetResult();

    /// <summary>Drops the connection without a word.</summary>
    public void Abort() => End("aborted by the client");

    /// <summary>Says goodbye: a WebSocket close frame, as when a tab is closed.</summary>
    public async Task CloseAsync()
    {
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            await Closed.WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (Exception failure) when (IsLoss(failure) || failure is TimeoutException)
        {
            // It is closed all the same.
        }

        End("closed by the client");
    }

    public async ValueTask DisposeAsync()
    {
        End("disposed");
        await _readLoop;
        if (_keepAlive is not null)
        {
            await _keepAlive.DisposeAsync();
        }

        _socket.Dispose();
    }

    private static TaskCompletionSource Open()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private static HttpMessageInvoker Invoker(int? receiveBufferBytes) =>
        new(
            new SocketsHttpHandler
            {
                UseProxy = false,
                UseCookies = false,
                ConnectCallback = async (context, cancellationToken) =>
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                    if (receiveBufferBytes is { } bytes)
                    {
                        socket.ReceiveBufferSize = bytes;
                    }

                    try
                    {
                        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                        return new NetworkStream(socket, ownsSocket: true);
                    }
                    catch
                    {
                        socket.Dispose();
                        throw;
                    }
                },
            }
        );

    private static bool IsLoss(Exception failure) =>
        failure is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException;

    private static byte[] Invocation(long id, string target, object?[] arguments)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("type", 1);
            json.WriteString("invocationId", id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            json.WriteString("target", target);
            json.WritePropertyName("arguments");
            JsonSerializer.Serialize(json, arguments, JsonSerializerOptions.Web);
            json.WriteEndObject();
        }

        bytes.Write([EndOfFrame]);
        return bytes.WrittenSpan.ToArray();
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.OpenLimit);
        var query = _options.Session is { } session ? $"&session={session}" : string.Empty;
        var address = new UriBuilder(_options.Server)
        {
            Scheme = "ws",
            Path = "/hubs/chat",
            Query = $"access_token={_options.AccessToken}{query}",
        }.Uri;
        _socket.Options.CollectHttpResponseDetails = true;
        var invoker = _options.ReceiveBufferBytes is { } bytes ? Invoker(bytes) : Wide;
        try
        {
            await _socket.ConnectAsync(address, invoker, limit.Token);
            _socket.HttpResponseHeaders = null;
            _lastHeard = TimeProvider.System.GetTimestamp();
            await SendFrameAsync(Handshake);
            _readLoop = ReadAsync();
            _keepAlive = new Timer(_ => _ = KeepAliveAsync(), null, PingInterval, PingInterval);
            await _session.Task.WaitAsync(limit.Token);
        }
        catch (WebSocketException failure)
        {
            throw (int)_socket.HttpStatusCode switch
            {
                401 => new RefusedException("auth.required", failure.Message),
                503 => new RefusedException("service.unavailable", failure.Message),
                _ => new ConnectionLostException(failure.Message, failure),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ConnectionLostException("the connection did not open in time");
        }
    }

    private async Task KeepAliveAsync()
    {
        if (TimeProvider.System.GetElapsedTime(LastHeard) > _options.SilenceLimit && _reading.Task.IsCompleted)
        {
            End("the server is silent");
            return;
        }

        try
        {
            await SendFrameAsync(Ping);
        }
        catch (ConnectionLostException)
        {
            // The read loop notices too.
        }
    }

    private async Task ReadAsync()
    {
        var length = 0;
        try
        {
            while (true)
            {
                await _reading.Task;
                if (length == _buffer.Length)
                {
                    Array.Resize(ref _buffer, _buffer.Length * 2);
                }

                var received = await _socket.ReceiveAsync(_buffer.AsMemory(length), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    End($"closed by the server: {_socket.CloseStatus}");
                    return;
                }

                Interlocked.Exchange(ref _lastHeard, TimeProvider.System.GetTimestamp());
                length = Consume(length + received.Count, length);
            }
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            End(failure.Message);
        }
        catch (Exception failure)
        {
            End($"a message cannot be read: {failure}");
        }
    }

    /// <summary>Handles the whole frames at the buffer's beginning and moves the rest there.</summary>
    /// <returns>How much is left.</returns>
    private int Consume(int length, int searched)
    {
        var start = 0;
        int end;
        while ((end = _buffer.AsSpan(searched, length - searched).IndexOf(EndOfFrame)) >= 0)
        {
            end += searched;
            Handle(_buffer.AsMemory(start, end - start));
            start = searched = end + 1;
        }

        if (start > 0)
        {
            _buffer.AsSpan(start, length - start).CopyTo(_buffer);
            length -= start;
        }

        return length;
    }

    private void Handle(ReadOnlyMemory<byte> frame)
    {
        if (!_handshakeAnswered)
        {
            _handshakeAnswered = true;
            return;
        }

        var message = HubFrame.Read(frame);
        switch (message.Type)
        {
            case HubFrame.Call:
                Take(message);
                break;
            case HubFrame.Completion when long.TryParse(message.InvocationId, out var id):
                Complete(id, message);
                break;
            case HubFrame.Close:
                End($"closed by the server: {message.Error ?? "without an error"}");
                break;
        }
    }

    private void Take(HubFrame message)
    {
        switch (message.Target)
        {
            case "SessionStarted" or "SessionRestored":
                var session = JsonSerializer.Deserialize<HubSession[]>(message.Payload.Span, JsonSerializerOptions.Web)![0];
                _receiver.OnCall(message.Target, message.Payload);
                _session.TrySetResult(session);
                return;
            case "SessionEnded":
                SessionEnded = JsonSerializer.Deserialize<string[]>(message.Payload.Span)![0];
                break;
        }

        _receiver.OnCall(message.Target!, message.Payload);
    }

    private void Complete(long id, HubFrame message)
    {
        Pending? pending;
        lock (_pending)
        {
            _pending.TryGetValue(id, out pending);
        }

        if (message.Error is { } error)
        {
            pending?.Fail(RefusedException.Parse(error));
        }
        else
        {
            pending?.Complete(message.Payload);
        }
    }

    private void End(string reason)
    {
        Pending[] left;
        lock (_pending)
        {
            if (_ending is not null)
            {
                return;
            }

            _ending = reason;
            left = [.. _pending.Values];
        }

        _socket.Abort();
        ResumeReading();
        var lost = reason.Contains("service.unavailable", StringComparison.Ordinal)
            ? (Exception)new RefusedException("service.unavailable", reason)
            : new ConnectionLostException(reason);
        _session.TrySetException(lost);
        // Nobody need be waiting for it.
        _ = _session.Task.Exception;
        foreach (var pending in left)
        {
            pending.Fail(new ConnectionLostException(reason));
        }

        _closed.TrySetResult(SessionEnded is null ? reason : $"session ended: {SessionEnded}");
    }

    private abstract class Pending
    {
        public abstract void Complete(ReadOnlyMemory<byte> result);

        public abstract void Fail(Exception failure);
    }

    private sealed class Pending<T>(Func<ReadOnlyMemory<byte>, T> read) : Pending
    {
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Answer => _answer.Task;

        public override void Complete(ReadOnlyMemory<byte> result)
        {
            try
            {
                _answer.TrySetResult(read(result));
            }
            catch (Exception failure)
            {
                _answer.TrySetException(failure);
            }
        }

        public override void Fail(Exception failure) => _answer.TrySetException(failure);
    }
}
