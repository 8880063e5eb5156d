using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using BmadServer.Application.Common;
using BmadServer.Application.Messages;
using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Messages;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>How posts are gathered, without a database.</summary>
public sealed class PostBatcherTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.Now();

    private readonly WorkflowId _workflow = WorkflowId.New(Now);

    [Test]
    public async Task When_a_batch_fails_for_one_of_its_posts_each_is_tried_alone()
    {
        await using var batcher = await RunningBatcher.StartAsync(posts =>
            posts.Any(post => post.Content == "Bad") ? throw new InvalidOperationException("Bad") : Acks(posts)
        );
        var held = batcher.Hold();
        Task<Ack>[] acks = [.. new[] { "First", "Good", "Bad", "Good as well" }.Select(content => batcher.PostAsync(To(_workflow, content)))];
        held.SetResult();

        await Should.ThrowAsync<InvalidOperationException>(acks[2]);
        (await acks[1]).ShouldNotBeNull();
        (await acks[3]).ShouldNotBeNull();
    }

    [Test]
    public async Task When_the_database_does_not_answer_all_fail_at_once()
    {
        await using var batcher = await RunningBatcher.StartAsync(_ => throw new DomainException("service.unavailable", "No.", ErrorKind.Unavailable));
        var held = batcher.Hold();
        Task<Ack>[] acks = [.. Enumerable.Range(0, 10).Select(number => batcher.PostAsync(To(_workflow, $"{number}")))];
        held.SetResult();

        foreach (var ack in acks)
        {
            (await Should.ThrowAsync<DomainException>(ack)).Code.ShouldBe("service.unavailable");
        }

        batcher.Batches.ShouldBeLessThanOrEqualTo(2);
    }

    [Test]
    public async Task What_waits_when_the_server_stops_is_committed_and_what_comes_later_is_refused()
    {
        var batcher = await RunningBatcher.StartAsync(Acks);
        var held = batcher.Hold();
        Task<Ack>[] acks = [.. Enumerable.Range(0, 10).Select(number => batcher.PostAsync(To(_workflow, $"{number}")))];

        var stopping = batcher.DisposeAsync();
        var late = batcher.PostAsync(To(_workflow, "Late"));

        (await Should.ThrowAsync<DomainException>(late)).Code.ShouldBe("service.unavailable");
        held.SetResult();
        await stopping;
        await Task.WhenAll(acks).WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Test]
    public async Task The_traces_of_posts_that_share_a_commit_lead_to_it_and_back()
    {
        var batches = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Tracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = batches.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var batcher = await RunningBatcher.StartAsync(Acks);
        var held = batcher.Hold();
        Activity[] callers = [.. Enumerable.Range(0, 4).Select(number => new Activity($"{number}") { ActivityTraceFlags = ActivityTraceFlags.Recorded })];
        Task<Ack>[] acks = [.. callers.Select(PostIn)];
        held.SetResult();
        await Task.WhenAll(acks);

        // The first goes alone, or all go together.
        batcher.Batches.ShouldBeLessThan(callers.Length);
        foreach (var caller in callers)
        {
            batches.Any(batch => batch.ParentSpanId == caller.SpanId || (Links(caller, batch) && Links(batch, caller))).ShouldBeTrue();
        }

        Task<Ack> PostIn(Activity caller)
        {
            using (caller.Start())
            {
                return batcher.PostAsync(To(_workflow, caller.OperationName));
            }
        }

        static bool Links(Activity from, Activity to) => from.Links.Any(link => link.Context == to.Context);
    }

    private static PostOutcome[] Acks(IReadOnlyList<Post> posts) =>
        [
            .. posts.Select(post => new PostOutcome(
                new Ack(post.Target.Value, Guid.Empty, 1, post.ClientMessageId, Now, Now, Duplicate: false),
                Refusal: null
            )),
        ];

    private static Post To(WorkflowId workflow, string content) =>
        new(new UserId(Guid.Empty), workflow, IsTargetNamed: true, content, ClientMessageId: null, ReplyTo: null, Now);

    /// <summary>A batcher whose batches go to a function instead of the database.</summary>
    private sealed class RunningBatcher : IAsyncDisposable
    {
        private readonly Func<IReadOnlyList<Post>, IReadOnlyList<PostOutcome>> _commit;
        private readonly ServiceProvider _services;
        private readonly PostBatcher _batcher;
        private Task _held = Task.CompletedTask;

        private RunningBatcher(Func<IReadOnlyList<Post>, IReadOnlyList<PostOutcome>> commit)
        {
            _commit = commit;
            _services = new ServiceCollection()
                .AddScoped<ServiceFactory>(provider => provider.GetRequiredService)
                .AddScoped<IMediator, Mediator>()
                .AddSingleton<IRequestHandler<PostTogether, IReadOnlyList<PostOutcome>>>(new Handler(this))
                .AddMetrics()
                .BuildServiceProvider();
            _batcher = new PostBatcher(
                _services.GetRequiredService<IServiceScopeFactory>(),
                new PostMetrics(_services.GetRequiredService<IMeterFactory>()),
                NullLogger<PostBatcher>.Instance
            );
        }

        public int Batches { get; private set; }

        public static async Task<RunningBatcher> StartAsync(Func<IReadOnlyList<Post>, IReadOnlyList<PostOutcome>> commit)
        {
            var running = new RunningBatcher(commit);
            await running._batcher.StartAsync(CancellationToken.None);
            return running;
        }

        /// <summary>Commits nothing until it is completed.</summary>
        public TaskCompletionSource Hold()
        {
            var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _held = held.Task;
            return held;
        }

        public Task<Ack> PostAsync(Post post) => _batcher.PostAsync(post, CancellationToken.None);

        public async ValueTask DisposeAsync()
        {
            await _batcher.StopAsync(CancellationToken.None);
            await _services.DisposeAsync();
        }

        private sealed class Handler(RunningBatcher batcher) : IRequestHandler<PostTogether, IReadOnlyList<PostOutcome>>
        {
            public async Task<IReadOnlyList<PostOutcome>> Handle(PostTogether request, CancellationToken cancellationToken)
            {
                await batcher._held;
                batcher.Batches++;
                return batcher._commit(request.Posts);
            }
        }
    }
}
