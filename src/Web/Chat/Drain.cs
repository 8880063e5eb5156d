using BmadServer.Web.Hosting;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BmadServer.Web.Chat;

/// <summary>
/// The leave that a server takes before it stops: it is not ready any more, takes no new connections, and closes those that it has,
/// spread over some seconds and each between two calls. Their clients are asked to connect again.
/// </summary>
internal sealed class Drain(LiveConnections connections, ShutdownOptions options, TimeProvider time, ILogger<Drain> logger)
    : IHostedLifecycleService,
        IHealthCheck
{
    /// <summary>Fewer are closed in less time: so many coming back at once are no burden.</summary>
    private const double ConnectionsPerSecond = 500;

    /// <summary>For the calls of a connection to end, for its client to take the answers, and once more for it to go.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>How often is looked for connections whose opening had begun before the leave.</summary>
    private static readonly TimeSpan LatecomersEvery = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private Task? _running;

    public bool HasBegun => Volatile.Read(ref _running) is not null;

    /// <summary>Requests of connections, from before their handshake until all that they were sent is on its way.</summary>
    public UnderWay Requests { get; } = new();

    /// <summary>Completes when the clients are gone; further callers wait for the same.</summary>
    public Task RunAsync()
    {
        lock (_gate)
        {
            var gone = Requests.CloseAsync();
            return _running ??= Task.Run(() => CloseAllAsync(gone));
        }
    }

    /// <summary>When no signal has begun it, as in a host that is stopped by its program.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => RunAsync().WaitAsync(cancellationToken);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(HasBegun ? HealthCheckResult.Unhealthy("The server is stopping.") : HealthCheckResult.Healthy());

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task CloseAllAsync(Task gone)
    {
        await Task.Delay(TimeSpan.FromSeconds(options.NoticeSeconds), time);
        var open = connections.Contexts();
        var seconds = Math.Min(options.DrainSeconds, open.Count / ConnectionsPerSecond);
        if (open.Count > 0)
        {
            logger.LogInformation("The server is stopping; its {Count} connections are closed within {Seconds} s", open.Count, seconds);
        }

        await Task.WhenAll(open.Select((context, place) => CloseAsync(context, TimeSpan.FromSeconds(seconds * place / open.Count))));
        await CloseLatecomersAsync([.. open], gone);
    }

    /// <summary>When the host stops, SignalR drops the connections that have not gone, and what they were sent with them.</summary>
    private async Task CloseLatecomersAsync(HashSet<HubCallerContext> closed, Task gone)
    {
        var since = time.GetTimestamp();
        List<Task> closing = [];
        while (!gone.IsCompleted && time.GetElapsedTime(since) < Patience)
        {
            closing.AddRange(connections.Contexts().Where(closed.Add).Select(context => CloseAsync(context, TimeSpan.Zero)));
            await gone.WaitAsync(LatecomersEvery, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(closing);
    }

    private async Task CloseAsync(HubCallerContext context, TimeSpan after)
    {
        await Task.Delay(after, time);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.ConnectionAborted);
            patience.CancelAfter(Patience);
            await (context.Features.Get<UnderWay>()?.CloseAsync() ?? Task.CompletedTask).WaitAsync(patience.Token);
            await (context.Features.Get<BoundedOutput>()?.WhenTaken() ?? Task.CompletedTask).WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // Gone meanwhile, or it does not end or read.
        }

        // Other than an abort, it tells the client that it may come back.
        context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
    }
}
