using BmadServer.Application.Sessions;
using BmadServer.Domain.Common;
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

        try
        {
            await AttachAsync(context, client, opened);
        }
        catch (Exception failure)
        {
            // SignalR reports no disconnect of a connection whose opening failed.
            await CloseAsync(context, failure);
            throw;
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
        connections.Detach(session, context.ConnectionId);
        await mediator.Send(new DropConnection(session, context.ConnectionId, time.Now()), CancellationToken.None);
    }

    private async Task AttachAsync(HubCallerContext context, IChatClient client, OpenedSession opened)
    {
        // Subscribed first and read afterwards, so that what happens in between is either seen or arrives.
        connections.Attach(context, opened);
        var confirmed = await mediator.Send(new ConfirmSession(opened.Id, context.ConnectionId), context.ConnectionAborted);
        foreach (var lost in opened.JoinedWorkflows.ExceptBy(confirmed.JoinedWorkflows.Select(joined => joined.WorkflowId), id => id.Value))
        {
            await connections.UnsubscribeAsync(opened.Id, lost);
        }

        if (opened.Recovery == SessionRecovery.None)
        {
            await client.SessionStarted(new SessionStarted(opened.Id.Value, confirmed.JoinedWorkflows, opened.ExpiresAt));
        }
        else
        {
            await client.SessionRestored(Restored(opened, confirmed.JoinedWorkflows));
        }

        if (confirmed.EndReason is { } reason)
        {
            await connections.CloseAsync(context, opened.Id, reason);
        }
        else if (opened.Recovery != SessionRecovery.None)
        {
            connections.ShowPresent(opened.Id);
        }
    }

    private static SessionRestored Restored(OpenedSession opened, IReadOnlyList<JoinedWorkflow> joined) =>
        new(
            opened.Id.Value,
            opened.Recovery,
            opened.RecoveredFrom?.Value,
            joined.Count > 0 ? joined[^1].WorkflowId : null,
            joined,
            opened.ExpiresAt,
            opened.Recovery == SessionRecovery.Live
                ? "Your session continues where it was."
                : "Your session was restored from its last checkpoint."
        );

    private static string DeviceOf(HttpRequest request)
    {
        var agent = request.Headers.UserAgent.ToString();
        if (agent.Length <= MaximumDeviceLength)
        {
            return agent.Length == 0 ? "unknown" : agent;
        }

        // Half a surrogate pair is no text, and PostgreSQL takes none.
        return agent[..(char.IsHighSurrogate(agent[MaximumDeviceLength - 1]) ? MaximumDeviceLength - 1 : MaximumDeviceLength)];
    }
}
