using System.Diagnostics.CodeAnalysis;
using BmadServer.Application.Auth;
using BmadServer.Application.Messages;
using BmadServer.Application.Sessions;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Common;
using MediatR;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>
/// The chat's real-time face. Every method turns its arguments into a request and answers what the handler answers; a
/// refusal is a <see cref="HubException"/> whose text is <c>code: sentence</c>.
/// </summary>
[Authorize]
internal sealed class ChatHub(IMediator mediator, ConnectionLifecycle lifecycle) : Hub<IChatClient>
{
    public const string Path = "/hubs/chat";

    public override Task OnConnectedAsync() => lifecycle.OpenAsync(Context, Clients.Caller);

    public override Task OnDisconnectedAsync(Exception? exception) => lifecycle.CloseAsync(Context, exception);

    /// <summary>Posts a message and answers once it is committed.</summary>
    /// <param name="message">Plain text for the active workflow, or an object with <c>content</c> and what else is known.</param>
    /// <returns>The ack; of a repeat with the same <c>clientMessageId</c>, the first one with <c>duplicate: true</c>.</returns>
    /// <exception cref="HubException">
    /// <c>validation.failed</c>, <c>workflow.not_found</c>, <c>workflow.read_only</c>, <c>workflow.closed</c>,
    /// <c>message.not_found</c> (replyTo), <c>message.idempotency_conflict</c>.
    /// </exception>
    public Task<Ack> SendMessage(ChatMessage? message) =>
        mediator.Send(
            new SendMessage(message?.Content, message?.WorkflowId, message?.ClientMessageId, message?.ReplyTo),
            Context.ConnectionAborted
        );

    /// <summary>Opens a workflow on this session: its events arrive from now on, and it becomes the active one.</summary>
    /// <returns>The workflow as it is now; the events after its <c>lastSequence</c> continue it.</returns>
    /// <exception cref="HubException"><c>workflow.not_found</c>.</exception>
    public Task<WorkflowSnapshot> JoinWorkflow(Guid workflowId) =>
        mediator.Send(new JoinWorkflow(workflowId), Context.ConnectionAborted);

    /// <summary>Closes a workflow on this session: its events stop. The user stays a participant.</summary>
    /// <exception cref="HubException"><c>workflow.not_found</c>.</exception>
    public Task LeaveWorkflow(Guid workflowId) => mediator.Send(new LeaveWorkflow(workflowId), Context.ConnectionAborted);

    /// <summary>Changes the text of one's own message.</summary>
    /// <returns>The ack of the edit; with the text it already has, the newest change's ack and <c>duplicate: true</c>.</returns>
    /// <exception cref="HubException">
    /// <c>validation.failed</c>, <c>workflow.not_found</c>, <c>workflow.read_only</c>, <c>workflow.closed</c>,
    /// <c>message.not_found</c>, <c>message.forbidden</c>, <c>message.deleted</c>.
    /// </exception>
    public Task<Ack> EditMessage(Guid workflowId, Guid messageId, string? content) =>
        mediator.Send(new EditMessage(workflowId, messageId, content), Context.ConnectionAborted);

    /// <summary>Makes a tombstone of one's own message, or as an owner of anybody's.</summary>
    /// <returns>The ack of the deletion; of a repeat the first one with <c>duplicate: true</c>.</returns>
    /// <exception cref="HubException">
    /// <c>workflow.not_found</c>, <c>workflow.read_only</c>, <c>workflow.closed</c>, <c>message.not_found</c>, <c>message.forbidden</c>.
    /// </exception>
    public Task<Ack> DeleteMessage(Guid workflowId, Guid messageId) =>
        mediator.Send(new DeleteMessage(workflowId, messageId), Context.ConnectionAborted);

    /// <summary>A page of at most 500 events of the log, in order.</summary>
    /// <param name="afterSequence">The sequence that the client has; 0 for the whole log.</param>
    /// <exception cref="HubException"><c>validation.failed</c>, <c>workflow.not_found</c>.</exception>
    public Task<EventPage> CatchUp(Guid workflowId, long afterSequence) =>
        mediator.Send(new GetEvents(workflowId, afterSequence), Context.ConnectionAborted);

    /// <summary>Shows the others that this user is typing, or no longer is.</summary>
    /// <exception cref="HubException"><c>workflow.not_found</c>, <c>workflow.read_only</c>.</exception>
    public Task SetTyping(Guid workflowId, bool isTyping) =>
        mediator.Send(new SetTyping(workflowId, isTyping), Context.ConnectionAborted);

    /// <summary>Notes how far this user has read; it never moves back.</summary>
    /// <exception cref="HubException"><c>validation.failed</c>, <c>workflow.not_found</c>.</exception>
    public Task MarkRead(Guid workflowId, long sequence) =>
        mediator.Send(new MarkRead(workflowId, sequence), Context.ConnectionAborted);

    /// <summary>Gives the open connection a new access token, so that it outlives the one it came with.</summary>
    /// <returns>When the new token runs out.</returns>
    /// <exception cref="HubException"><c>auth.token_invalid</c>: no token of this user's that is in date and of a standing sign-in; <c>session.ended</c>, <c>session.not_found</c>.</exception>
    public Task<RenewedAccess> RefreshToken(string? accessToken) =>
        mediator.Send(new RenewAccess(accessToken, Context.ConnectionId), Context.ConnectionAborted);

    /// <summary>
    /// Where <see cref="ChatHubProtocol"/> sends a call that fits none of the methods above, so that it is refused like any
    /// other. Clients cannot call it.
    /// </summary>
    [HubMethodName(ChatHubProtocol.RefusedCall)]
    [SuppressMessage("Performance", "CA1822", Justification = "SignalR dispatches to instance methods only.")]
    public Task Refuse(string code, string sentence) =>
        Task.FromException(new DomainException(code, sentence, ErrorKind.Invalid));
}
