using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using MediatR;

namespace BmadServer.Application.Messages;

/// <summary>Commits posts in one transaction, in their order. A post that is refused changes nothing, and does not touch the others.</summary>
/// <returns>What became of each, in the same order.</returns>
public sealed record PostTogether(IReadOnlyList<Post> Posts) : IRequest<IReadOnlyList<PostOutcome>>;

/// <summary>One of the two.</summary>
public readonly record struct PostOutcome(Ack? Ack, DomainException? Refusal);

/// <summary>
/// Whether repeats came lately. They come in numbers, when clients come back, and each would make its batch be stored in vain once.
/// </summary>
internal sealed class RecentRepeats(TimeProvider time)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(1);

    /// <summary>A time stamp; 0 for never.</summary>
    private long _last;

    public bool Any => Interlocked.Read(ref _last) is not 0 and var last && time.GetElapsedTime(last) < Memory;

    public void Note() => Interlocked.Exchange(ref _last, time.GetTimestamp());
}

internal sealed class PostTogetherHandler(
    IWorkflowRepository workflows,
    IMessageRepository messages,
    RecentRepeats recentRepeats,
    IUnitOfWork unitOfWork,
    TimeProvider time
) : IRequestHandler<PostTogether, IReadOnlyList<PostOutcome>>
{
    public async Task<IReadOnlyList<PostOutcome>> Handle(PostTogether request, CancellationToken cancellationToken)
    {
        var posts = request.Posts;
        WorkflowId[] targets = [.. posts.Select(post => post.Target).Distinct()];
        (WorkflowId, UserId)[] authors = [.. posts.Select(post => (post.Target, post.Author)).Distinct()];
        if (!recentRepeats.Any)
        {
            try
            {
                return await unitOfWork.PostAsync(targets, token => PostAsKnownAsync(posts, authors, token), cancellationToken);
            }
            catch (DuplicateKeyException)
            {
                recentRepeats.Note();
            }
            catch (ConcurrentChangeException)
            {
                // It is done again below, on what is stored.
            }
        }

        IReadOnlyList<PostOutcome> outcomes;
        try
        {
            outcomes = await CommitAsync();
        }
        catch (Exception lost) when (lost is DuplicateKeyException or ConcurrentChangeException)
        {
            // Another node was faster. What it stored can be read by now.
            outcomes = await CommitAsync();
        }

        if (outcomes.Any(outcome => outcome.Ack is { Duplicate: true }))
        {
            recentRepeats.Note();
        }

        return outcomes;

        Task<IReadOnlyList<PostOutcome>> CommitAsync() =>
            unitOfWork.ExecuteAsync(targets, token => PostAsStoredAsync(posts, authors, token), cancellationToken);
    }

    /// <summary>
    /// Takes for granted what this node last knew of the workflows, and that no post is a repeat. Mostly both hold, and if not, the
    /// database refuses all of it. A refusal is not stored, so none is given on what may be outdated.
    /// </summary>
    private async Task<IReadOnlyList<PostOutcome>> PostAsKnownAsync(
        IReadOnlyList<Post> posts,
        IReadOnlyCollection<(WorkflowId, UserId)> authors,
        CancellationToken cancellationToken
    )
    {
        var memberships = await workflows.FindForPostingAsync(authors, cancellationToken);
        var outcomes = await PostAllAsync(posts, memberships, [], cancellationToken);
        return outcomes.Any(outcome => outcome.Refusal is not null) ? throw new ConcurrentChangeException() : outcomes;
    }

    /// <summary>
    /// Looks before it posts. A repeat is acknowledged even to one who has lost the workflow since: what was acknowledged stays acknowledged.
    /// </summary>
    private async Task<IReadOnlyList<PostOutcome>> PostAsStoredAsync(
        IReadOnlyList<Post> posts,
        IReadOnlyCollection<(WorkflowId, UserId)> authors,
        CancellationToken cancellationToken
    )
    {
        var memberships = await workflows.FindForUpdateAsync(authors, cancellationToken);
        return await PostAllAsync(posts, memberships, await FindSentAsync(posts, cancellationToken), cancellationToken);
    }

    private async Task<PostOutcome[]> PostAllAsync(
        IReadOnlyList<Post> posts,
        IReadOnlyDictionary<(WorkflowId, UserId), Membership> memberships,
        Dictionary<(UserId, string), Sent> sent,
        CancellationToken cancellationToken
    )
    {
        MessageId[] repliedTo = [.. posts.Where(post => post.ReplyTo is not null).Select(post => post.ReplyTo!.Value).Distinct()];
        var replies = (await messages.FindAllAsync(repliedTo, cancellationToken)).ToDictionary(message => message.Id);
        var outcomes = new PostOutcome[posts.Count];
        for (var i = 0; i < outcomes.Length; i++)
        {
            try
            {
                outcomes[i] = new PostOutcome(Post(posts[i], memberships, replies, sent), Refusal: null);
            }
            catch (DomainException refusal)
            {
                outcomes[i] = new PostOutcome(Ack: null, refusal);
            }
        }

        return outcomes;
    }

    private Ack Post(
        Post post,
        IReadOnlyDictionary<(WorkflowId, UserId), Membership> memberships,
        Dictionary<MessageId, Message> replies,
        Dictionary<(UserId, string), Sent> sent
    )
    {
        if (post.ClientMessageId is { } key && sent.TryGetValue((post.Author, key), out var first))
        {
            return first.Repeat(post);
        }

        var (workflow, author) = memberships.GetValueOrDefault((post.Target, post.Author)) ?? throw WorkflowErrors.NotFound();
        Message? reply = null;
        if (post.ReplyTo is { } replyTo && (!replies.TryGetValue(replyTo, out reply) || reply.WorkflowId != post.Target))
        {
            throw MessageErrors.NotFound();
        }

        var message = workflow.Post(author, post.Content, reply, post.ClientMessageId, post.ReceivedAt, time.Now());
        messages.Add(message);
        var ack = Ack.OfPost(message, duplicate: false);
        if (post.ClientMessageId is not null)
        {
            sent.Add((post.Author, post.ClientMessageId), new Sent(ack, post.Target, post.Content, post.ReplyTo));
        }

        return ack;
    }

    /// <summary>What was sent before under the keys of these posts.</summary>
    private async Task<Dictionary<(UserId, string), Sent>> FindSentAsync(IReadOnlyList<Post> posts, CancellationToken cancellationToken)
    {
        var keys = posts.Where(post => post.ClientMessageId is not null).Select(post => (post.Author, post.ClientMessageId!)).Distinct();
        var sent = new Dictionary<(UserId, string), Sent>();
        foreach (var (message, posted) in await messages.ListSentAsync([.. keys], cancellationToken))
        {
            sent.Add(
                (new UserId(message.AuthorId), message.ClientMessageId!),
                new Sent(Ack.OfPost(message, duplicate: false), posted.WorkflowId, posted.Content, posted.ReplyTo)
            );
        }

        return sent;
    }

    /// <summary>A send as it was made, whatever has happened to its message since.</summary>
    private sealed record Sent(Ack Ack, WorkflowId Target, string Content, MessageId? ReplyTo)
    {
        /// <exception cref="DomainException"><c>message.idempotency_conflict</c>: another send has the same key.</exception>
        public Ack Repeat(Post post) =>
            Content == post.Content && ReplyTo == post.ReplyTo && (!post.IsTargetNamed || Target == post.Target)
                ? Ack with { Duplicate = true }
                : throw MessageErrors.IdempotencyConflict();
    }
}
