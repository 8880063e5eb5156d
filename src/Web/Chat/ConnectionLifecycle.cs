using BmadServer.Application.Sessions;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Infrastructure.Auth;
using MediatR;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>What happens when a connection opens and closes.</summary>
internal sealed class ConnectionLifecycle(
    IMediator mediator,
    LiveConnections connections,
    TimeProvider time,
    ILogger<ConnectionLifecycle> logger
)
{
    private const string SessionParameter = "session";
    private const int MaximumDeviceLength = 200;

    /// <summary>Gives the connection its session, joins the session's workflows again, and tells the client.</summary>
    public async Task OpenAsync(HubCallerContext context, IChatClient client)
    {
        var request = context.GetHttpContext()!.Request;
        var opened = await mediator.Send(
            new OpenSession(request.Query[SessionParameter], DeviceOf(request), context.ConnectionId),
            context.ConnectionAborted
        );
        context.SetSession(opened.Id, time.Now());
        logger.LogInformation(
            "Connection {ConnectionId} opened by user {UserId} on session {SessionId}, recovery {Recovery}",
            context.ConnectionId,
            context.User?.UserId(),
            opened.Id,
            opened.Recovery
        );

        await connections.AttachAsync(context, opened);
        if (!await mediator.Send(new IsSessionStanding(opened.Id), context.ConnectionAborted))
        {
            await connections.CloseAsync(opened.Id, SessionEndReason.Revoked);
            return;
        }

        if (opened.Recovery == SessionRecovery.None)
        {
            await client.SessionStarted(new SessionStarted(opened.Id.Value, opened.JoinedWorkflows, opened.ExpiresAt));
        }
        else
        {
            await client.SessionRestored(Restored(opened));
            await connections.ShowPresentAsync(opened.Id);
        }
    }

    /// <summary>Notes the drop; the session stays.</summary>
    public async Task CloseAsync(HubCallerContext context, Exception? cause)
    {
        if (context.SessionId() is not { } session)
        {
            return;
        }

        logger.LogInformation(
            "Connection {ConnectionId} closed by user {UserId} on session {SessionId}, cause {Cause}",
            context.ConnectionId,
            context.User?.UserId(),
            session,
            cause?.GetType().Name ?? "none"
        );
        await connections.DetachAsync(session, context.ConnectionId);
        await mediator.Send(new DropConnection(session, context.ConnectionId), CancellationToken.None);
    }

    private static SessionRestored Restored(OpenedSession opened) =>
        new(
            opened.Id.Value,
            opened.Recovery,
            opened.RecoveredFrom?.Value,
            opened.JoinedWorkflows.Count > 0 ? opened.JoinedWorkflows[^1].WorkflowId : null,
            opened.JoinedWorkflows,
            opened.ExpiresAt,
            opened.Recovery == SessionRecovery.Live
                ? "Your session continues where it was."
                : "Your session was restored from its last checkpoint."
        );

    private static string DeviceOf(HttpRequest request)
    {
        var agent = request.Headers.UserAgent.ToString();
        return agent.Length == 0 ? "unknown"
            : agent.Length > MaximumDeviceLength ? agent[..MaximumDeviceLength]
            : agent;
    }
}
