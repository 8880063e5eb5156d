using System.Threading.Channels;
using BmadServer.Testing;
using BmadServer.Testing.History;
using Microsoft.AspNetCore.SignalR.Client;

namespace BmadServer.Fuzz.Tests.Oracle;

/// <summary>Two people who chat while all the others send nonsense, and must not notice.</summary>
internal sealed class ControlPair : IAsyncDisposable
{
    /// <summary>Far longer than anything takes on a busy machine; only a run that fails waits for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<EventRecord> _pushed = Channel.CreateUnbounded<EventRecord>();
    private readonly HubConnection _writer;
    private readonly HubConnection _reader;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private string? _lost;
    private long _lastPushed;
    private int _count;

    private ControlPair(Uri server, Person writer, Person reader, Guid workflow)
    {
        Workflow = workflow;
        _writer = Watched(server, writer);
        _reader = Watched(server, reader);
        _reader.On<EventRecord>("ReceiveEvent", @event => _pushed.Writer.TryWrite(@event));
    }

    /// <summary>Open connections, each with a session.</summary>
    public const int Connections = 2;

    public Guid Workflow { get; }

    public static async Task<ControlPair> StartAsync(Uri server, HttpClient http, AccessTokens tokens)
    {
        var writer = await Person.SignUpAsync(http, tokens, "control");
        var reader = await Person.SignUpAsync(http, tokens, "reader");
        var workflow = await writer.CreateWorkflowAsync(http, "Among ourselves");
        await writer.AddAsync(http, workflow, reader, "observer");
        var pair = new ControlPair(server, writer, reader, workflow);
        await pair._writer.StartAsync();
        await pair._reader.StartAsync();
        pair._lastPushed = (await pair._reader.InvokeAsync<Snapshot>("JoinWorkflow", workflow)).LastSequence;
        return pair;
    }

    /// <summary>Sends one message, and waits for its ack and for the push of it, which must be the next one.</summary>
    /// <exception cref="TimeoutException">It does not come.</exception>
    public async Task ShouldGetThroughAsync()
    {
        await _turn.WaitAsync();
        try
        {
            _lost.ShouldBeNull("a well-behaved client lost its connection");
            var content = $"Still here {++_count}";
            using var patience = new CancellationTokenSource(Patience);
            var ack = await _writer.InvokeAsync<Ack>("SendMessage", new { content, workflowId = Workflow }, patience.Token);
            var pushed = await _pushed.Reader.ReadAsync(patience.Token);
            pushed.Content.ShouldBe(content);
            pushed.Sequence.ShouldBe(ack.Sequence);
            pushed.Sequence.ShouldBe(++_lastPushed);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _reader.DisposeAsync();
        _turn.Dispose();
    }

    public static HubConnection Connection(Uri server, Person person) =>
        new HubConnectionBuilder()
            .WithUrl(
                new Uri(server, "/hubs/chat"),
                options =>
                {
                    options.AccessTokenProvider = () => Task.FromResult<string?>(person.Token);
                    options.SkipNegotiation = true;
                    options.Transports = Microsoft.AspNetCore.Http.Connections.HttpTransportType.WebSockets;
                }
            )
            .Build();

    private HubConnection Watched(Uri server, Person person)
    {
        var connection = Connection(server, person);
        connection.Closed += cause =>
        {
            _lost ??= cause?.Message ?? "closed";
            return Task.CompletedTask;
        };
        return connection;
    }
}
