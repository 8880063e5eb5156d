using BmadServer.Application.Common;
using BmadServer.Application.Sessions;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Auth;
using MediatR;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>What happens when a connection opens and closes.</summary>
internal sealed class ConnectionLifecycle(
    IMediator mediator,
    LiveConnections connections,
    IBackplane backplane,
    TimeProvider time,
    ILogger<ConnectionLifecycle> logger
)
{
    private const string SessionParameter = "session";
    private const int MaximumDeviceLength = 200;

    /// <summary>Gives the connection its session, joins the session's workflows again, and tells the client.</summary>
    public async Task OpenAsync(HubCallerContext context, IChatClient client)
    {
        var http = context.GetHttpContext()!;
        var asked = new OpenSession(http.Request.Query[SessionParameter], DeviceOf(http.Request), context.ConnectionId);
        await http.Features.GetRequiredFeature<Handshake>().EndAsync();
        var opened = await mediator.Send(asked, context.ConnectionAborted);
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
            // SignalR reports a disconnect only of a connection whose opening did not fail, which the filters do not let it do where the
            // client has left. It is closed now in either case, and then has no session that could be closed again.
            await CloseAsync(context, failure);
            context.ForgetSession();
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
        var left = connections.Detach(session, context.ConnectionId);
        await mediator.Send(new DropConnection(session, context.ConnectionId, time.Now()), CancellationToken.None);
        TellPresence(left.Select(workflow => workflow.Value));
    }

    private async Task AttachAsync(HubCallerContext context, IChatClient client, OpenedSession opened)
    {
        if (opened.Recovery != SessionRecovery.None)
        {
            backplane.Send(new SessionTaken(opened.Id.Value, opened.Version));
            TellPresence(opened.JoinedWorkflows.Select(joined => joined.WorkflowId));
        }

        var subscribed = connections.Attach(context, opened);
        var joined = subscribed is null ? opened.JoinedWorkflows : await StandingAsync(opened, subscribed, context.ConnectionAborted);
        if (opened.Recovery == SessionRecovery.None)
        {
            await client.SessionStarted(new SessionStarted(opened.Id.Value, joined, opened.ExpiresAt));
        }
        else
        {
            await client.SessionRestored(Restored(opened, joined));
        }

        if (subscribed is null)
        {
            await connections.CloseAsync(context, opened.Id, SessionEndReason.Replaced);
        }
        else if (opened.Recovery != SessionRecovery.None)
        {
            connections.ShowPresent(opened.Id);
        }
    }

    /// <summary>
    /// What the session has joined, as it is once its connection is subscribed. What was pushed between its opening and then
    /// passed the connection by, and may have been the user's removal; so it is read again.
    /// </summary>
    private async Task<IReadOnlyList<JoinedWorkflow>> StandingAsync(
        OpenedSession opened,
        IReadOnlyList<JoinedWorkflow> subscribed,
        CancellationToken cancellationToken
    )
    {
        if (subscribed.SequenceEqual(opened.JoinedWorkflows))
        {
            return subscribed;
        }

        var standing = await mediator.Send(new ListJoinedWorkflows(opened.Id), cancellationToken);
        foreach (var lost in opened.JoinedWorkflows.ExceptBy(standing.Select(joined => joined.WorkflowId), joined => joined.WorkflowId))
        {
            await connections.UnsubscribeAsync(opened.Id, new WorkflowId(lost.WorkflowId));
        }

        return standing;
    }

    /// <summary>After what changes it is committed, because the other nodes read it then.</summary>
    private void TellPresence(IEnumerable<Guid> workflows)
    {
        foreach (var workflow in workflows)
        {
            backplane.Send(new PresenceChanging(workflow));
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
