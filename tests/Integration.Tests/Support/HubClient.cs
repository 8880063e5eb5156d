using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Support;

/// <summary>One connection to the hub, which keeps everything that the server calls on it, as the JSON that came.</summary>
public sealed class HubClient : IAsyncDisposable
{
    /// <summary>Far longer than anything takes on a busy machine; only a test that fails waits for it.</summary>
    private static readonly TimeSpan Patience = Eventually.Patience;

    private static readonly string[] Calls =
    [
        "SessionStarted",
        "SessionRestored",
        "ReceiveEvent",
        "SequenceAnnounced",
        "TypingChanged",
        "PresenceChanged",
        "SessionEnded",
    ];

    private readonly ConcurrentQueue<(string Method, JsonElement Argument)> _received = new();
    private readonly SemaphoreSlim _changed = new(0);
    private readonly TaskCompletionSource<Exception?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HubClient(Uri url, Func<Task<string?>> accessToken, string query)
    {
        var address = new Uri(url, $"/hubs/chat{query}");
        var builder = new HubConnectionBuilder().WithUrl(address, options => options.AccessTokenProvider = accessToken);
        builder.Services.AddSingleton<IHubProtocol>(new RecordingProtocol(Keep));
        Connection = builder.Build();
        foreach (var method in Calls)
        {
            // For the type of its argument.
            Connection.On<JsonElement>(method, _ => { });
        }

        Connection.Closed += error =>
        {
            _closed.TrySetResult(error);
            return Task.CompletedTask;
        };
    }

    public HubConnection Connection { get; }

    /// <summary>Raised with the name of each call of the server, once it is kept and before the next one is read.</summary>
    public event Action<string>? Called;

    /// <summary>Completes when the connection closes, with the error it closed with, if any.</summary>
    public Task<Exception?> Closed => _closed.Task.WaitAsync(Patience);

    /// <summary>The argument of SessionStarted or SessionRestored.</summary>
    public JsonElement Session { get; private set; }

    /// <summary>Whether the session is one restored.</summary>
    public bool IsRestored { get; private set; }

    public Guid SessionId => Session.GetProperty("id").GetGuid();

    /// <summary>All that the server called so far under this name, in order.</summary>
    public IReadOnlyList<JsonElement> Received(string method) =>
        [.. _received.Where(call => call.Method == method).Select(call => call.Argument)];

    /// <summary>The events so far, of one workflow, in the order of arrival.</summary>
    public IReadOnlyList<JsonElement> Events(Guid workflow) =>
        [.. Received("ReceiveEvent").Where(@event => @event.GetProperty("workflowId").GetGuid() == workflow)];

    public static Task<HubClient> ConnectAsync(Uri url, string accessToken, Guid? session = null) =>
        ConnectWithAsync(url, accessToken, session is { } id ? $"?session={id}" : "");

    /// <param name="query">As it is to stand behind the hub's address, with its question mark.</param>
    public static async Task<HubClient> ConnectWithAsync(Uri url, string accessToken, string query)
    {
        var client = new HubClient(url, () => Task.FromResult<string?>(accessToken), query);
        await client.Connection.StartAsync();
        await client.WaitForAsync(() => client.Received("SessionStarted").Count + client.Received("SessionRestored").Count == 1);
        client.IsRestored = client.Received("SessionRestored").Count == 1;
        client.Session = client.Received(client.IsRestored ? "SessionRestored" : "SessionStarted").Single();
        return client;
    }

    public Task<JsonElement> InvokeAsync(string method, params object?[] arguments) =>
        Connection.InvokeCoreAsync<JsonElement>(method, arguments);

    /// <summary>For methods that answer nothing.</summary>
    public Task CallAsync(string method, params object?[] arguments) => Connection.InvokeCoreAsync(method, arguments);

    /// <summary>Waits until the server has called something that makes this true.</summary>
    public async Task WaitForAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            try
            {
                await _changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException(
                    $"The server never called what was waited for. It called: {string.Join(", ", _received.Select(call => call.Method))}."
                );
            }
        }
    }

    /// <summary>Waits for the first call of this name whose argument fits, which may have come already.</summary>
    public async Task<JsonElement> WaitForAsync(string method, Func<JsonElement, bool>? fits = null)
    {
        JsonElement? found = null;
        await WaitForAsync(() =>
        {
            var candidates = Received(method).Where(argument => fits?.Invoke(argument) ?? true).Take(1).ToArray();
            found = candidates.Length > 0 ? candidates[0] : null;
            return found is not null;
        });
        return found!.Value;
    }

    /// <summary>Waits for the workflow's event with this sequence.</summary>
    public Task<JsonElement> WaitForEventAsync(Guid workflow, long sequence) =>
        WaitForAsync(
            "ReceiveEvent",
            @event =>
                @event.GetProperty("workflowId").GetGuid() == workflow && @event.GetProperty("sequence").GetInt64() == sequence
        );

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        _changed.Dispose();
    }

    private void Keep(string method, JsonElement argument)
    {
        _received.Enqueue((method, argument));
        Called?.Invoke(method);
        _changed.Release();
    }

    /// <summary>
    /// JSON, and tells what the server calls as it comes: handlers are called in a loop of their own, which an answer or the connection's
    /// end overtakes.
    /// </summary>
    private sealed class RecordingProtocol(Action<string, JsonElement> keep) : IHubProtocol
    {
        private readonly JsonHubProtocol _json = new();

        public string Name => _json.Name;

        public int Version => _json.Version;

        public TransferFormat TransferFormat => _json.TransferFormat;

        public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
        {
            var isWhole = _json.TryParseMessage(ref input, binder, out message);
            if (message is InvocationMessage { Target: var method, Arguments: [JsonElement argument] })
            {
                keep(method, argument);
            }

            return isWhole;
        }

        public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => _json.WriteMessage(message, output);

        public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => _json.GetMessageBytes(message);

        public bool IsVersionSupported(int version) => _json.IsVersionSupported(version);
    }
}
