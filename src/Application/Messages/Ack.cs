using System.Text.Json.Serialization;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.Messages;

/// <summary>The answer to a send, an edit or a deletion: what it says is committed.</summary>
/// <param name="Sequence">Of the event that records it.</param>
/// <param name="ReceivedAt">When the server received the call that made the change.</param>
/// <param name="CommittedAt">The time of the committed event, the same that the event carries as <c>at</c>.</param>
/// <param name="Duplicate">Whether this repeats an earlier ack, and nothing was added.</param>
public sealed record Ack(
    Guid WorkflowId,
    Guid MessageId,
    long Sequence,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? ClientMessageId,
    DateTimeOffset ReceivedAt,
    DateTimeOffset CommittedAt,
    bool Duplicate
)
{
    /// <summary>The ack of the message's post, whatever has happened to it since.</summary>
    internal static Ack OfPost(Message message, bool duplicate) =>
        new(
            message.WorkflowId.Value,
            message.Id.Value,
            message.Sequence,
            message.ClientMessageId,
            message.ReceivedAt,
            message.PostedAt,
            duplicate
        );

    /// <summary>The ack of the newest change to the message.</summary>
    internal static Ack OfChange(Message message, bool duplicate) =>
        new(
            message.WorkflowId.Value,
            message.Id.Value,
            message.ChangedSequence,
            message.ClientMessageId,
            message.ChangeReceivedAt,
            message.ChangedAt,
            duplicate
        );
}
