using BmadServer.Application.Common;
using BmadServer.Application.Messages;
using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Persistence;
using BmadServer.Integration.Tests.Support;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>Sends that wait together share a commit, and nothing else.</summary>
public sealed class GroupCommitTests(Database database) : ChatTest(database)
{
    private const int Count = 40;

    private IPostBatcher Batcher => Server.Services.GetRequiredService<IPostBatcher>();

    [Test]
    public async Task Sends_that_wait_together_are_committed_together_in_the_order_in_which_they_came()
    {
        var workflow = await WorkflowOfAsync(Sarah);

        var acks = await PostWhileHeldAsync(workflow, [.. Enumerable.Range(1, Count).Select(number => To(workflow, Sarah, $"Message {number}"))]);

        var sequences = acks.Select(ack => ack.Result.Sequence).ToArray();
        sequences.ShouldBe(Enumerable.Range((int)sequences[0], Count).Select(sequence => (long)sequence));
        if (Database == Database.Postgres)
        {
            // The first may have been taken before the others came.
            (await TransactionsOfAsync(workflow)).ShouldBeLessThanOrEqualTo(2);
        }
    }

    [Test]
    public async Task One_that_is_refused_fails_alone_and_leaves_no_gap()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var before = (await Server.InDatabaseAsync(db => db.Workflows.SingleAsync(row => row.Id == new WorkflowId(workflow)))).LastSequence;
        Post[] posts =
        [
            .. Enumerable
                .Range(1, Count)
                .Select(number => To(workflow, number % 4 == 0 ? Nadia : Sarah, $"Message {number}")),
        ];

        var acks = await PostWhileHeldAsync(workflow, posts);

        foreach (var refused in acks.Where((_, i) => posts[i].Author.Value == Nadia.Id))
        {
            (await Should.ThrowAsync<DomainException>(refused)).Code.ShouldBe("workflow.not_found");
        }

        var committed = acks.Where((_, i) => posts[i].Author.Value == Sarah.Id).Select(ack => ack.Result.Sequence);
        committed.ShouldBe(Enumerable.Range(1, Count * 3 / 4).Select(number => before + number));
    }

    [Test]
    public async Task Whoever_has_gone_before_the_commit_posts_nothing()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        using var gone = new CancellationTokenSource();
        Task<Ack> abandoned = null!;

        await HoldingAsync(
            workflow,
            async () =>
            {
                // The first is taken, and keeps the second one waiting.
                var taken = Batcher.PostAsync(To(workflow, Sarah, "Taken"), CancellationToken.None);
                await Task.Delay(TimeSpan.FromMilliseconds(200));
                abandoned = Batcher.PostAsync(To(workflow, Sarah, "Abandoned"), gone.Token);
                await gone.CancelAsync();
                return taken;
            }
        );

        await Should.ThrowAsync<OperationCanceledException>(abandoned);
        (await ContentsOfAsync(workflow)).ShouldBe(["Taken"]);
    }

    [Test]
    public async Task Sends_to_many_workflows_by_many_people_at_once_keep_every_order()
    {
        Guid[] workflows = [.. await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => SharedWorkflowAsync((Marco, "contributor"))))];
        Post[] posts =
        [
            .. Enumerable
                .Range(0, 200)
                .Select(number => To(workflows[number % workflows.Length], number % 3 == 0 ? Marco : Sarah, $"{number:000}")),
        ];

        await Task.WhenAll(posts.Select(post => Batcher.PostAsync(post, CancellationToken.None)));

        foreach (var workflow in workflows)
        {
            var contents = await ContentsOfAsync(workflow);
            contents.ShouldBe(posts.Where(post => post.Target.Value == workflow).Select(post => post.Content));
        }
    }

    [Test]
    public async Task Who_was_removed_by_another_node_posts_no_more()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var last = (await Batcher.PostAsync(To(workflow, Marco, "Before"), CancellationToken.None)).Sequence;

        await OnAnotherNodeAsync(
            workflow,
            (stored, owner, db) =>
            {
                var marco = db.Participants.Local.Single(each => each.UserId.Value == Marco.Id);
                stored.RemoveParticipant(owner, marco, owners: 1, TimeProvider.System.Now());
                db.Participants.Remove(marco);
            }
        );

        (await Should.ThrowAsync<DomainException>(Batcher.PostAsync(To(workflow, Marco, "After"), CancellationToken.None)))
            .Code.ShouldBe("workflow.not_found");
        (await Batcher.PostAsync(To(workflow, Sarah, "Next"), CancellationToken.None)).Sequence.ShouldBe(last + 2);
    }

    [Test]
    public async Task What_another_node_has_stored_is_followed_without_a_gap()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var last = (await Batcher.PostAsync(To(workflow, Sarah, "Before"), CancellationToken.None)).Sequence;

        await OnAnotherNodeAsync(workflow, (stored, owner, _) => stored.Rename(owner, "Renamed", TimeProvider.System.Now()));

        (await Batcher.PostAsync(To(workflow, Sarah, "After"), CancellationToken.None)).Sequence.ShouldBe(last + 2);
    }

    [Test]
    public async Task A_workflow_that_another_node_has_closed_takes_no_more()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        await Batcher.PostAsync(To(workflow, Sarah, "Before"), CancellationToken.None);

        await OnAnotherNodeAsync(
            workflow,
            (stored, owner, _) => stored.ChangeStatus(owner, WorkflowStatus.Completed, TimeProvider.System.Now())
        );

        (await Should.ThrowAsync<DomainException>(Batcher.PostAsync(To(workflow, Sarah, "After"), CancellationToken.None)))
            .Code.ShouldBe("workflow.closed");
    }

    [Test]
    public async Task A_batch_in_which_one_workflow_has_changed_is_stored_whole()
    {
        Guid[] workflows = [await WorkflowOfAsync(Sarah), await WorkflowOfAsync(Sarah), await WorkflowOfAsync(Sarah)];
        await Task.WhenAll(workflows.Select(id => Batcher.PostAsync(To(id, Sarah, "Before"), CancellationToken.None)));
        await OnAnotherNodeAsync(workflows[1], (stored, owner, _) => stored.Rename(owner, "Renamed", TimeProvider.System.Now()));

        var outcomes = await TogetherAsync([.. workflows.Select(id => To(id, Sarah, "After"))]);

        outcomes.ShouldAllBe(outcome => outcome.Refusal == null);
        foreach (var id in workflows)
        {
            (await ContentsOfAsync(id)).ShouldBe(["Before", "After"]);
            var sequences = await SequencesOfAsync(id);
            sequences.ShouldBe(Enumerable.Range(1, sequences.Count).Select(sequence => (long)sequence));
        }
    }

    [Test]
    public async Task Each_of_a_batch_gets_what_it_would_have_got_alone()
    {
        var (one, other, closed) = (await WorkflowOfAsync(Sarah), await WorkflowOfAsync(Sarah), await WorkflowOfAsync(Sarah));
        var earlier = await Batcher.PostAsync(To(other, Sarah, "Earlier", "earlier"), CancellationToken.None);
        var toClosed = await Batcher.PostAsync(To(closed, Sarah, "Before the end", "before"), CancellationToken.None);
        await OnAnotherNodeAsync(
            closed,
            (stored, owner, _) => stored.ChangeStatus(owner, WorkflowStatus.Completed, TimeProvider.System.Now())
        );
        await using var watcher = await JoinedAsync(Sarah, one);
        await watcher.InvokeAsync("JoinWorkflow", other);

        var outcomes = await TogetherAsync(
            To(one, Sarah, "New", "new"),
            To(other, Sarah, "Earlier", "earlier"),
            To(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), Sarah, "To nothing", "nothing"),
            To(one, Sarah, "New", "new"),
            To(closed, Sarah, "Before the end", "before"),
            To(closed, Sarah, "After the end", "after"),
            To(other, Sarah, "Another text", "earlier"),
            To(other, Sarah, "Last")
        );

        outcomes
            .Select(outcome => outcome.Refusal?.Code ?? (outcome.Ack!.Duplicate ? "repeat" : "stored"))
            .ShouldBe(
                [
                    "stored",
                    "repeat",
                    "workflow.not_found",
                    "repeat",
                    "repeat",
                    "workflow.closed",
                    "message.idempotency_conflict",
                    "stored",
                ]
            );
        outcomes[1].Ack.ShouldBe(earlier with { Duplicate = true });
        outcomes[3].Ack.ShouldBe(outcomes[0].Ack! with { Duplicate = true });
        outcomes[4].Ack.ShouldBe(toClosed with { Duplicate = true });
        outcomes[7].Ack!.Sequence.ShouldBe(earlier.Sequence + 1);
        (await ContentsOfAsync(one)).ShouldBe(["New"]);
        (await ContentsOfAsync(other)).ShouldBe(["Earlier", "Last"]);
        (await ContentsOfAsync(closed)).ShouldBe(["Before the end"]);
        await watcher.WaitForEventAsync(one, outcomes[0].Ack!.Sequence);
        await watcher.WaitForEventAsync(other, outcomes[7].Ack!.Sequence);
    }

    [Test]
    public async Task Whoever_changes_a_workflow_over_and_over_does_not_hold_up_its_posts()
    {
        const int Changes = 20;
        var workflow = await WorkflowOfAsync(Sarah);
        var release = new TaskCompletionSource();
        var finished = 0;
        Task[] changes = [.. Enumerable.Range(0, Changes).Select(_ => ChangeAsync())];

        var ack = Batcher.PostAsync(To(workflow, Sarah, "Between them"), CancellationToken.None);
        await Task.Delay(TimeSpan.FromMilliseconds(200));
        release.SetResult();
        await ack;

        Volatile.Read(ref finished).ShouldBeLessThan(Changes);
        await Task.WhenAll(changes);

        async Task ChangeAsync()
        {
            await using var scope = Server.Services.CreateAsyncScope();
            await scope
                .ServiceProvider.GetRequiredService<IUnitOfWork>()
                .ExecuteAsync(
                    new WorkflowId(workflow),
                    async token =>
                    {
                        await release.Task;
                        await Task.Delay(TimeSpan.FromMilliseconds(50), token);
                        return true;
                    },
                    CancellationToken.None
                );
            Interlocked.Increment(ref finished);
        }
    }

    /// <summary>Queues them while the workflow is locked, and lets go.</summary>
    private async Task<Task<Ack>[]> PostWhileHeldAsync(Guid workflow, Post[] posts)
    {
        Task<Ack>[] acks = [];
        await HoldingAsync(
            workflow,
            () =>
            {
                acks = [.. posts.Select(post => Batcher.PostAsync(post, CancellationToken.None))];
                return Task.FromResult(Task.WhenAll(acks));
            }
        );
        return acks;
    }

    /// <param name="queue">Runs while the workflow is locked; what it returns is waited for afterwards, whatever comes of it.</param>
    private async Task HoldingAsync<T>(Guid workflow, Func<Task<T>> queue)
        where T : Task
    {
        await using var scope = Server.Services.CreateAsyncScope();
        var queued = await scope
            .ServiceProvider.GetRequiredService<IUnitOfWork>()
            .ExecuteAsync(new WorkflowId(workflow), _ => queue(), CancellationToken.None);
        await queued.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private async Task<IReadOnlyList<PostOutcome>> TogetherAsync(params Post[] posts)
    {
        await using var scope = Server.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new PostTogether(posts));
    }

    /// <summary>Changes a workflow past this server, as another one on the same database would.</summary>
    private Task<int> OnAnotherNodeAsync(Guid workflow, Action<Workflow, Participant, AppDbContext> change) =>
        Server.InDatabaseAsync(async db =>
        {
            var id = new WorkflowId(workflow);
            var stored = await db.Workflows.SingleAsync(each => each.Id == id);
            await db.Participants.Where(each => each.WorkflowId == id).LoadAsync();
            change(stored, db.Participants.Local.Single(each => each.UserId.Value == Sarah.Id), db);
            db.WorkflowEvents.AddRange(stored.TakePendingEvents().Cast<WorkflowEvent>());
            return await db.SaveChangesAsync();
        });

    private Task<List<long>> SequencesOfAsync(Guid workflow) =>
        Server.InDatabaseAsync(db =>
            db
                .WorkflowEvents.Where(@event => @event.WorkflowId == new WorkflowId(workflow))
                .OrderBy(@event => @event.Sequence)
                .Select(@event => @event.Sequence)
                .ToListAsync()
        );

    private Task<List<string>> ContentsOfAsync(Guid workflow) =>
        Server.InDatabaseAsync(db =>
            db
                .Messages.Where(message => message.WorkflowId == new WorkflowId(workflow))
                .OrderBy(message => message.Sequence)
                .Select(message => message.Content)
                .ToListAsync()
        );

    private Task<int> TransactionsOfAsync(Guid workflow) =>
        Server.InDatabaseAsync(db =>
            db
                .Database.SqlQuery<string>($"SELECT xmin::text AS \"Value\" FROM messages WHERE workflow_id = {workflow}")
                .Distinct()
                .CountAsync()
        );

    private static Post To(Guid workflow, TestUser author, string content, string? clientMessageId = null) =>
        new(
            new UserId(author.Id),
            new WorkflowId(workflow),
            IsTargetNamed: true,
            content,
            clientMessageId,
            ReplyTo: null,
            TimeProvider.System.Now()
        );
}
