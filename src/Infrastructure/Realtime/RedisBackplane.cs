using System.Text.Json;
using BmadServer.Application.Common;
using BmadServer.Application.Sessions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace BmadServer.Infrastructure.Realtime;

/// <summary>
/// Signals through one Redis channel, which every node publishes to and listens on. Nobody waits for Redis: signals are queued, one
/// message with all that wait is under way at a time, and while Redis does not answer they are dropped.
/// </summary>
internal sealed class RedisBackplane : BackgroundService, IBackplane
{
    /// <summary>The number is the form's: a release that writes another form takes another channel.</summary>
    public static readonly RedisChannel Channel = RedisChannel.Literal("bmadserver:signals:1");

    private const int IdBytes = 16;

    /// <summary>For one message to Redis. Redis takes well below a millisecond; one that is frozen takes for ever.</summary>
    private static readonly TimeSpan PublishTime = TimeSpan.FromMilliseconds(500);

    /// <summary>Between two attempts while Redis is away.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>A message goes out at least so often, if only to see it come back.</summary>
    private static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(1);

    /// <summary>After how long without a message of its own a node no longer trusts its subscription.</summary>
    private static readonly TimeSpan MaximumSilence = TimeSpan.FromSeconds(3);

    private readonly SignalQueue _queue = new();
    private readonly ConfigurationOptions _options;
    private readonly byte[] _id;
    private readonly BackplaneMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisBackplane> _logger;
    private volatile Action<BackplaneSignal>? _receive;
    private volatile bool _isSending;
    private bool? _wasWorking;
    private long _heardAt;

    /// <summary>When the oldest message was published that has not come back; 0 for none.</summary>
    private long _awaitedSince;

    public RedisBackplane(
        RedisOptions options,
        NodeIdentity node,
        BackplaneMetrics metrics,
        TimeProvider time,
        ILogger<RedisBackplane> logger
    )
    {
        _options = options.ToConfiguration();
        _id = node.Id.Value.ToByteArray();
        _metrics = metrics;
        _time = time;
        _logger = logger;
        metrics.ObserveWorking(() => IsWorking);
    }

    /// <summary>Whether what this node publishes comes back to it, and so reaches the others.</summary>
    public bool IsWorking => Interlocked.Read(ref _heardAt) is > 0 and var heard && _time.GetElapsedTime(heard) < MaximumSilence;

    public void Send(BackplaneSignal signal)
    {
        if (!_isSending || !_queue.Put(signal))
        {
            _metrics.Dropped(1);
        }
    }

    public void Subscribe(Action<BackplaneSignal> receive) => _receive = receive;

    public override void Dispose()
    {
        _queue.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host does not wait for Redis.
        await Task.Yield();
        while (true)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Nothing that goes wrong here may stop the server, which can do without.
                _isSending = false;
                _logger.LogError(failure, "The backplane has failed and begins anew");
                await Task.Delay(Pause, _time, stoppingToken);
            }
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        await using var redis = await ConnectAsync(stoppingToken);
        var subscriber = redis.GetSubscriber();
        await SubscribeAsync(subscriber, stoppingToken);
        while (true)
        {
            var signals = await _queue.TakeAsync(BeatInterval, stoppingToken);
            var published = _time.GetTimestamp();
            Interlocked.CompareExchange(ref _awaitedSince, published, 0);
            _isSending = await TryPublishAsync(subscriber, Write(signals), stoppingToken);
            _metrics.Published(_time.GetElapsedTime(published), _isSending);
            LogChange();
            if (!_isSending)
            {
                // Old signals would be no news, and old typing would be wrong.
                _metrics.Dropped(signals.Count + _queue.Clear());
                Interlocked.Exchange(ref _awaitedSince, 0);
                await Task.Delay(Pause, _time, stoppingToken);
            }
        }
    }

    /// <summary>Returns without a connection if need be, which is then made when Redis is there.</summary>
    private async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await ConnectionMultiplexer.ConnectAsync(_options);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                LogAway(failure);
                await Task.Delay(Pause, _time, cancellationToken);
            }
        }
    }

    /// <summary>Once it stands, it is made again by itself with each new connection.</summary>
    private async Task SubscribeAsync(ISubscriber subscriber, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (subscriber.Multiplexer.IsConnected)
                {
                    var messages = await subscriber.SubscribeAsync(Channel).WaitAsync(BeatInterval, cancellationToken);
                    messages.OnMessage(message => Receive((byte[]?)message.Message));
                    return;
                }

                LogChange();
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                LogAway(failure);
                await subscriber.UnsubscribeAllAsync(CommandFlags.FireAndForget);
            }

            await Task.Delay(Pause, _time, cancellationToken);
        }
    }

    private async Task<bool> TryPublishAsync(ISubscriber subscriber, byte[] message, CancellationToken cancellationToken)
    {
        try
        {
            await subscriber.PublishAsync(Channel, message).WaitAsync(PublishTime, cancellationToken);
            return true;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogAway(failure);
            return false;
        }
    }

    private byte[] Write(IReadOnlyCollection<BackplaneSignal> signals) => [.. _id, .. JsonSerializer.SerializeToUtf8Bytes(signals)];

    private void Receive(byte[]? message)
    {
        if (message is null || message.Length < IdBytes)
        {
            return;
        }

        if (message.AsSpan(0, IdBytes).SequenceEqual(_id))
        {
            Interlocked.Exchange(ref _heardAt, _time.GetTimestamp());
            if (Interlocked.Exchange(ref _awaitedSince, 0) is not 0 and var since)
            {
                _metrics.Heard(_time.GetElapsedTime(since));
            }

            return;
        }

        try
        {
            foreach (var element in JsonSerializer.Deserialize<JsonElement[]>(message.AsSpan(IdBytes)) ?? [])
            {
                ReceiveOne(element);
            }
        }
        catch (JsonException failure)
        {
            _logger.LogDebug(failure, "A message on the backplane could not be read");
        }
    }

    /// <summary>A newer release may know more signals; the database says what they would have said.</summary>
    private void ReceiveOne(JsonElement element)
    {
        try
        {
            if (element.Deserialize<BackplaneSignal>() is { } signal)
            {
                _receive?.Invoke(signal);
            }
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            _logger.LogDebug(failure, "A signal on the backplane could not be read");
        }
        catch (Exception failure)
        {
            _logger.LogError(failure, "A signal of another node could not be followed");
        }
    }

    private void LogChange()
    {
        if (_isSending && _wasWorking != true)
        {
            _wasWorking = true;
            _logger.LogInformation("Redis answers; the nodes tell each other what happens");
        }
        else if (!_isSending)
        {
            LogAway(failure: null);
        }
    }

    /// <summary>Once for each time that it goes. The exception's text may hold addresses, and its type says enough.</summary>
    private void LogAway(Exception? failure)
    {
        if (_wasWorking != false)
        {
            _wasWorking = false;
            _logger.LogWarning(
                "Redis does not answer ({Failure}); until it does, this node reads from the database what the others do, and typing is not shown across nodes",
                failure?.GetType().Name ?? "not connected"
            );
        }
    }
}
