using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Persistence.Posts;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Infrastructure.Persistence.Repositories;

internal sealed class MessageRepository(AppDbContext db, NewPosts posts) : IMessageRepository
{
    public void Add(Message message) => posts.Add(message);

    public Task<Message?> FindAsync(WorkflowId workflow, MessageId id, CancellationToken cancellationToken) =>
        db.Messages.SingleOrDefaultAsync(message => message.Id == id && message.WorkflowId == workflow, cancellationToken);

    public async Task<IReadOnlyList<Message>> FindAllAsync(IReadOnlyCollection<MessageId> ids, CancellationToken cancellationToken) =>
        ids.Count == 0 ? [] : await db.Messages.AsNoTracking().Where(message => ids.Contains(message.Id)).ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<SentMessage>> ListSentAsync(
        IReadOnlyCollection<(UserId Author, string ClientMessageId)> keys,
        CancellationToken cancellationToken
    )
    {
        if (keys.Count == 0)
        {
            return [];
        }

        var sent =
            from message in db.MessagesSent([.. keys.Select(key => key.Author)], [.. keys.Select(key => key.ClientMessageId)]).AsNoTracking()
            join posted in db.Set<MessagePosted>().AsNoTracking()
                on new { message.WorkflowId, message.Sequence } equals new { posted.WorkflowId, posted.Sequence }
            select new { Message = message, Posted = posted };
        return await sent.Select(row => new SentMessage(row.Message, row.Posted)).ToListAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<Message>> ListAsync(
        WorkflowId workflow,
        long? beforeSequence,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var messages = db.Messages.AsNoTracking().Where(message => message.WorkflowId == workflow);
        if (beforeSequence is { } before)
        {
            messages = messages.Where(message => message.Sequence < before);
        }

        return await messages.OrderByDescending(message => message.Sequence).Take(limit).ToListAsync(cancellationToken);
    }
}
