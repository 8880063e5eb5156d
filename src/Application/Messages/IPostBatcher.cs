using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.Messages;

/// <summary>
/// Where sends wait for their commit. Those that wait together share one: what a commit costs, above all until the disk has it,
/// is then paid once for all of them.
/// </summary>
public interface IPostBatcher
{
    /// <summary>
    /// Posts, and answers once that is committed. Posts to one workflow are made in the order in which they came. A queue that is
    /// full makes its callers wait.
    /// </summary>
    /// <exception cref="DomainException">
    /// The post is refused, and with it no other one; or <c>service.unavailable</c>: the database does not answer, or the server is stopping.
    /// </exception>
    Task<Ack> PostAsync(Post post, CancellationToken cancellationToken);
}

/// <summary>One send, on its way into a workflow's log.</summary>
/// <param name="IsTargetNamed">Whether the caller has named the workflow: then a repeat has to name the same one.</param>
/// <param name="ReceivedAt">When the server received the send.</param>
public sealed record Post(
    UserId Author,
    WorkflowId Target,
    bool IsTargetNamed,
    string Content,
    string? ClientMessageId,
    MessageId? ReplyTo,
    DateTimeOffset ReceivedAt
);
