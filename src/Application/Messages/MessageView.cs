using BmadServer.Application.Workflows;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.Messages;

/// <summary>A message with later edits applied. A deleted one has <c>deletedAt</c> and an empty text.</summary>
/// <param name="Sequence">Its place in the conversation: the sequence of the event that posted it.</param>
public sealed record MessageView(
    Guid MessageId,
    Guid WorkflowId,
    long Sequence,
    ActorView Author,
    string Content,
    Guid? ReplyTo,
    string? ClientMessageId,
    DateTimeOffset PostedAt,
    DateTimeOffset? EditedAt,
    DateTimeOffset? DeletedAt
)
{
    internal static MessageView Of(Message message) =>
        new(
            message.Id.Value,
            message.WorkflowId.Value,
            message.Sequence,
            ActorView.Of(message.Author),
            message.Content,
            message.ReplyTo?.Value,
            message.ClientMessageId,
            message.PostedAt,
            message.EditedAt,
            message.DeletedAt
        );
}
