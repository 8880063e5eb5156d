using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.Sessions;

/// <summary>The open connections of sessions: what they are subscribed to, and how to reach or close them.</summary>
public interface ILiveConnections
{
    /// <summary>From now on the session's connection receives the workflow's events. Without a connection nothing happens.</summary>
    /// <param name="lastSequence">How far the log went when it was last read.</param>
    /// <returns>Whether it did so already.</returns>
    Task<bool> SubscribeAsync(SessionId session, WorkflowId workflow, long lastSequence);

    Task UnsubscribeAsync(SessionId session, WorkflowId workflow);

    /// <summary>The session's connection has a new access token. Unless it has this very connection nothing happens.</summary>
    /// <param name="family">The token's sign-in.</param>
    /// <param name="expiresAt">Of the token; then the connection is closed unless it is renewed again.</param>
    void RenewAccess(SessionId session, string connectionId, TokenFamilyId family, DateTimeOffset expiresAt);

    /// <summary>
    /// The session has ended: tells its connection why, and closes it, whichever node has it. Only one on this node is closed when the
    /// call returns. Without a connection nothing happens.
    /// </summary>
    Task CloseAsync(SessionId session, SessionEndReason reason);

    /// <summary>Tells the others who have the workflow open, on every node, that this user types, or no longer does. Not durable.</summary>
    Task ShowTypingAsync(WorkflowId workflow, UserId user, string name, bool isTyping);

    /// <summary>The users who are known to have a connection that is subscribed to the workflow; new ones on other nodes show somewhat later.</summary>
    IReadOnlyCollection<UserId> OnlineIn(WorkflowId workflow);
}
