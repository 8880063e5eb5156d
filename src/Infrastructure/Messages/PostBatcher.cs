using System.Diagnostics;
using System.Threading.Channels;
using BmadServer.Application.Common;
using BmadServer.Application.Messages;
using BmadServer.Domain.Common;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BmadServer.Infrastructure.Messages;

/// <summary>
/// Group commit. All posts that came while the last commit was under way are committed together, in order, and so wait for nothing
/// but that.
/// </summary>
internal sealed class PostBatcher(IServiceScopeFactory scopes, PostMetrics metrics, ILogger<PostBatcher> logger) : IHostedService, IPostBatcher
{
    /// <summary>Posts in one transaction. The locks of their workflows are held so long that the last one is stored.</summary>
    private const int MaximumBatch = 256;

    /// <summary>UTF-16 code units in one transaction, but for the last post's.</summary>
    private const int MaximumCharacters = 1_000_000;

    /// <summary>Posts that wait. With more, their connections are not read from.</summary>
    private const int Capacity = 4096;

    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    private Task _running = Task.CompletedTask;

    public async Task<Ack> PostAsync(Post post, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(post, cancellationToken);
        try
        {
            await _queue.Writer.WriteAsync(waiting, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new DomainException("service.unavailable", "The server is stopping; send again.", ErrorKind.Unavailable);
        }

        return await waiting.Task;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.ObserveWaiting(() => _queue.Reader.Count);
        _running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>What waits is still committed: a commit that its caller does not learn of would be made again.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_running.IsCompleted)
        {
            logger.LogWarning("The time to stop is up, and {Count} sends or more are not stored", _queue.Reader.Count + 1);
        }
    }

    private async Task RunAsync()
    {
        var batch = new List<Waiting>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            var characters = 0;
            while (batch.Count < MaximumBatch && characters < MaximumCharacters && _queue.Reader.TryRead(out var waiting))
            {
                if (!waiting.IsGivenUp())
                {
                    batch.Add(waiting);
                    characters += waiting.Post.Content.Length;
                }
            }

            if (batch.Count > 0)
            {
                await CommitAsync(batch);
                batch.Clear();
            }
        }
    }

    private async Task CommitAsync(List<Waiting> batch)
    {
        var startedAt = Stopwatch.GetTimestamp();
        try
        {
            var outcomes = await SendAsync(batch);
            metrics.BatchEnded(batch.Count, isCommitted: true, startedAt);
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Complete(outcomes[i]);
            }
        }
        catch (Exception failure) when (batch.Count > 1 && failure is not DomainException)
        {
            // It is one of them, and nobody knows which: for example a key that another node has stored in the meantime.
            metrics.BatchEnded(batch.Count, isCommitted: false, startedAt);
            foreach (var waiting in batch)
            {
                await CommitAsync([waiting]);
            }
        }
        catch (Exception failure)
        {
            metrics.BatchEnded(batch.Count, isCommitted: false, startedAt);
            batch.ForEach(waiting => waiting.Fail(failure));
        }
    }

    private async Task<IReadOnlyList<PostOutcome>> SendAsync(List<Waiting> batch)
    {
        using var activity = Tracing.Source.HasListeners() ? StartActivity(batch) : null;
        await using var scope = scopes.CreateAsyncScope();
        var posts = batch.ConvertAll(waiting => waiting.Post);
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new PostTogether(posts), CancellationToken.None);
    }

    /// <summary>
    /// A batch belongs to the trace of its first caller, and so does all that comes of it: of a send that is alone, all is in one trace.
    /// The traces of the others are linked with it, in both directions.
    /// </summary>
    private static Activity? StartActivity(List<Waiting> batch)
    {
        var callers = batch.Select(waiting => waiting.Caller).OfType<Activity>().Where(caller => caller.Recorded).ToArray();
        if (callers.Length == 0)
        {
            return null;
        }

        var links = callers.Skip(1).Select(caller => new ActivityLink(caller.Context));
        var activity = Tracing.Source.StartActivity("Batch", ActivityKind.Internal, callers[0].Context, links: [.. links]);
        if (activity is not null)
        {
            activity.SetTag("bmadserver.batch.size", batch.Count);
            foreach (var caller in callers.Skip(1))
            {
                // They wait, so nobody else changes their spans.
                caller.AddLink(new ActivityLink(activity.Context));
            }
        }

        return activity;
    }

    /// <summary>A post whose caller waits.</summary>
    private sealed class Waiting(Post post, CancellationToken cancellationToken)
    {
        private readonly TaskCompletionSource<Ack> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Post Post => post;

        public Task<Ack> Task => _outcome.Task;

        /// <summary>The caller's span, if it has one.</summary>
        public Activity? Caller { get; } = Activity.Current;

        /// <summary>Whether its caller has gone, before anything was done. Later it is no longer cancelled: half a commit could not be told from none.</summary>
        public bool IsGivenUp() => cancellationToken.IsCancellationRequested && _outcome.TrySetCanceled(cancellationToken);

        public void Complete(PostOutcome outcome)
        {
            if (outcome.Refusal is { } refusal)
            {
                _outcome.TrySetException(refusal);
            }
            else
            {
                _outcome.TrySetResult(outcome.Ack!);
            }
        }

        public void Fail(Exception failure) => _outcome.TrySetException(failure);
    }
}
