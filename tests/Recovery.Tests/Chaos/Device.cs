using System.Text.Json;
using BmadServer.Recovery.Tests.Clients;
using BmadServer.Testing;

namespace BmadServer.Recovery.Tests.Chaos;

/// <summary>A recording client behind a network of its own that can be made to fail.</summary>
internal sealed class Device : IAsyncDisposable
{
    private readonly MessageFilterProxy _proxy;
    private readonly List<(Guid, long)> _droppedPushes = [];
    private volatile bool _dropsAnswers;
    private volatile int _dropsPushesPercent;
    private int _random;
    private int _droppedAcks;

    /// <param name="answerLimit">A call that takes longer breaks the connection; 5 s unless another limit is named.</param>
    public Device(World world, User user, string name, EventStore events, int seed, bool fromLog, TimeSpan? answerLimit)
    {
        User = user;
        _random = seed;
        _proxy = new MessageFilterProxy(world.Nodes.NextPort, Drop);
        Client = new RecordingClient(
            new RecordingClientOptions
            {
                Name = name,
                UserId = user.Id,
                Server = () => _proxy.Url,
                AccessToken = user.AccessTokenAsync,
                Seed = seed,
                FromLog = fromLog,
                AnswerLimit = answerLimit ?? TimeSpan.FromSeconds(5),
            },
            events
        );
    }

    public User User { get; }

    public RecordingClient Client { get; }

    public TcpProxy Network => _proxy.Tcp;

    /// <summary>Answers to calls do not arrive.</summary>
    public bool DropsAnswers
    {
        get => _dropsAnswers;
        set => _dropsAnswers = value;
    }

    /// <summary>How many of a hundred <c>ReceiveEvent</c> do not arrive.</summary>
    public int DropsPushesPercent
    {
        get => _dropsPushesPercent;
        set => _dropsPushesPercent = value;
    }

    /// <summary>How many acks did not arrive.</summary>
    public int DroppedAcks => Volatile.Read(ref _droppedAcks);

    /// <summary>The events whose pushes did not arrive.</summary>
    public IReadOnlyList<(Guid Workflow, long Sequence)> DroppedPushes
    {
        get
        {
            lock (_droppedPushes)
            {
                return [.. _droppedPushes];
            }
        }
    }

    /// <summary>Ends every fault of the network.</summary>
    public void Heal()
    {
        DropsAnswers = false;
        DropsPushesPercent = 0;
        Network.DelayToClient = Network.DelayToServer = TimeSpan.Zero;
        Network.Accept();
        Network.Resume();
    }

    public async ValueTask DisposeAsync()
    {
        // Nothing that a stall holds back may keep the client waiting.
        Heal();
        await Client.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    private bool Drop(HubMessage message)
    {
        if (message.Type == HubMessage.Answer && _dropsAnswers)
        {
            if (message.Utf8.Span.IndexOf("\"committedAt\":"u8) >= 0)
            {
                Interlocked.Increment(ref _droppedAcks);
            }

            return true;
        }

        if (message.Target == "ReceiveEvent" && Percent() < _dropsPushesPercent)
        {
            using var json = JsonDocument.Parse(message.Utf8);
            var @event = json.RootElement.GetProperty("arguments")[0];
            lock (_droppedPushes)
            {
                _droppedPushes.Add((@event.GetProperty("workflowId").GetGuid(), @event.GetProperty("sequence").GetInt64()));
            }

            return true;
        }

        return false;
    }

    /// <summary>A linear congruential generator: never called twice at once, and cheap.</summary>
    private int Percent()
    {
        _random = unchecked((_random * 1_103_515_245) + 12_345);
        return (int)(((uint)_random >> 8) % 100);
    }
}
