using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Infrastructure.Persistence.Repositories;

internal sealed class MessageRepository(AppDbContext db) : IMessageRepository
{
    public void Add(Message message) => db.Messages.Add(message);

    public Task<Message?> FindAsync(WorkflowId workflow, MessageId id, CancellationToken cancellationToken) =>
        db.Messages.SingleOrDefaultAsync(message => message.Id == id && message.WorkflowId == workflow, cancellationToken);

    public Task<Message?> FindByClientMessageIdAsync(UserId author, string clientMessageId, CancellationToken cancellationToken) =>
        db
            .Messages.AsNoTracking()
            .SingleOrDefaultAsync(
                message => message.AuthorId == author.Value && message.ClientMessageId == clientMessageId,
                cancellationToken
            );

    public Task<MessagePosted> PostedAsync(Message message, CancellationToken cancellationToken) =>
        db
            .Set<MessagePosted>()
            .AsNoTracking()
            .SingleAsync(
                @event => @event.WorkflowId == message.WorkflowId && @event.Sequence == message.Sequence,
                cancellationToken
            );

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
