using BmadServer.Application.Sessions;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>
/// The node's open connections, by session. SignalR's groups decide who receives an event; this knows which groups a
/// connection is in, so that they can be taken away, and who is present.
/// </summary>
/// <remarks>
/// Groups are changed and presence is announced under the same lock as the tables, so that neither can come to disagree
/// with them. On one node both are done when the call returns; nothing here waits for a client to read.
/// </remarks>
internal sealed class LiveConnections(IHubContext<ChatHub, IChatClient> hub, ILogger<LiveConnections> logger) : ILiveConnections
{
    /// <summary>How long a client that no longer reads can delay its own end.</summary>
    private static readonly TimeSpan FarewellTime = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Dictionary<SessionId, LiveConnection> _bySession = [];
    private readonly Dictionary<WorkflowId, OpenWorkflow> _byWorkflow = [];

    /// <summary>
    /// Takes a new connection in, subscribed to what its session has joined. An older one of the session goes; where a newer
    /// one has overtaken this, nothing happens.
    /// </summary>
    /// <returns>What it is subscribed to; the events after each <c>LastSequence</c> arrive. Null where it was overtaken.</returns>
    public IReadOnlyList<JoinedWorkflow>? Attach(HubCallerContext context, OpenedSession opened)
    {
        var connection = new LiveConnection(opened.Id, context, opened.Version);
        List<JoinedWorkflow> subscribed = [];
        LiveConnection? replaced;
        lock (_gate)
        {
            if (_bySession.TryGetValue(opened.Id, out replaced) && replaced.Version > opened.Version)
            {
                return null;
            }

            _bySession[opened.Id] = connection;

            // The new one first: its user must not go offline in between.
            foreach (var joined in opened.JoinedWorkflows)
            {
                Open(connection, new WorkflowId(joined.WorkflowId), joined.LastSequence);
                var begun = _byWorkflow[new WorkflowId(joined.WorkflowId)].Begun;
                subscribed.Add(begun > joined.LastSequence ? joined with { LastSequence = begun } : joined);
            }

            if (replaced is not null)
            {
                UnsubscribeFromAll(replaced);
            }
        }

        if (replaced is not null)
        {
            EndAsync(replaced.Context, SessionEndReason.Replaced).Unawaited(LogFailure);
        }

        return subscribed;
    }

    /// <summary>Forgets a connection that has closed.</summary>
    public void Detach(SessionId session, string connectionId)
    {
        lock (_gate)
        {
            if (_bySession.TryGetValue(session, out var closed) && closed.Id == connectionId)
            {
                _bySession.Remove(session);
                UnsubscribeFromAll(closed);
            }
        }
    }

    /// <summary>Tells the session's connection who else is present in its workflows.</summary>
    public void ShowPresent(SessionId session)
    {
        lock (_gate)
        {
            if (!_bySession.TryGetValue(session, out var viewer))
            {
                return;
            }

            foreach (var workflow in viewer.Subscriptions)
            {
                foreach (var present in _byWorkflow[workflow].Subscribers.DistinctBy(connection => connection.UserId))
                {
                    if (present.UserId != viewer.UserId)
                    {
                        Announce(hub.Clients.Client(viewer.Id), present, workflow, online: true);
                    }
                }
            }
        }
    }

    /// <summary>Stops a workflow's events on all connections of a user who was removed from it.</summary>
    public void UnsubscribeUser(UserId user, WorkflowId workflow)
    {
        lock (_gate)
        {
            if (_byWorkflow.TryGetValue(workflow, out var open))
            {
                foreach (var connection in open.Subscribers.Where(connection => connection.UserId == user).ToArray())
                {
                    Unsubscribe(connection, workflow);
                }
            }
        }
    }

    /// <summary>
    /// A user who was removed has been brought in again: the connections that never closed the workflow receive its events
    /// again, as their sessions say.
    /// </summary>
    /// <param name="lastSequence">The one before the event that brings the user in.</param>
    public void ResubscribeUser(UserId user, WorkflowId workflow, long lastSequence)
    {
        lock (_gate)
        {
            foreach (var connection in _bySession.Values)
            {
                if (connection.UserId == user && connection.Opened.Contains(workflow))
                {
                    Subscribe(connection, workflow, lastSequence);
                }
            }
        }
    }

    public Task SubscribeAsync(SessionId session, WorkflowId workflow, long lastSequence)
    {
        lock (_gate)
        {
            if (_bySession.TryGetValue(session, out var connection))
            {
                Open(connection, workflow, lastSequence);
            }
        }

        return Task.CompletedTask;
    }

    public Task UnsubscribeAsync(SessionId session, WorkflowId workflow)
    {
        lock (_gate)
        {
            if (_bySession.TryGetValue(session, out var connection))
            {
                connection.Opened.Remove(workflow);
                Unsubscribe(connection, workflow);
            }
        }

        return Task.CompletedTask;
    }

    public void RenewAccess(SessionId session, TokenFamilyId family, DateTimeOffset expiresAt)
    {
        lock (_gate)
        {
            if (_bySession.TryGetValue(session, out var connection))
            {
                connection.FamilyId = family;
                connection.AccessExpiresAt = expiresAt;
            }
        }
    }

    /// <summary>Closes the connections whose access token ran out before this time. Their sessions stay.</summary>
    public Task CloseOutdatedAsync(DateTimeOffset time) =>
        CloseAsync(connection => connection.AccessExpiresAt < time ? SessionEndReason.Expired : null);

    /// <summary>Closes the connections of sessions and sign-ins that have ended.</summary>
    public Task CloseEndedAsync(Endings endings)
    {
        if (endings.Sessions.Count == 0 && endings.SignIns.Count == 0)
        {
            return Task.CompletedTask;
        }

        var sessions = endings.Sessions.ToDictionary(ended => ended.Id, ended => ended.Reason);
        var signIns = endings.SignIns.ToHashSet();
        return CloseAsync(connection =>
            sessions.TryGetValue(connection.Session, out var reason) ? reason
            : signIns.Contains(connection.FamilyId) ? SessionEndReason.Revoked
            : null
        );
    }

    public async Task CloseAsync(SessionId session, SessionEndReason reason)
    {
        LiveConnection? closed;
        lock (_gate)
        {
            if (_bySession.Remove(session, out closed))
            {
                UnsubscribeFromAll(closed);
            }
        }

        if (closed is not null)
        {
            await EndAsync(closed.Context, reason);
        }
    }

    /// <summary>The same for one connection, whether or not it is the session's present one.</summary>
    public Task CloseAsync(HubCallerContext context, SessionId session, SessionEndReason reason)
    {
        Detach(session, context.ConnectionId);
        return EndAsync(context, reason);
    }

    public Task ShowTypingAsync(WorkflowId workflow, UserId user, string name, bool isTyping)
    {
        string[] own;
        lock (_gate)
        {
            own = _byWorkflow.TryGetValue(workflow, out var open)
                ? [.. open.Subscribers.Where(connection => connection.UserId == user).Select(connection => connection.Id)]
                : [];
        }

        hub.Clients.GroupExcept(GroupOf(workflow), own)
            .TypingChanged(new TypingChanged(workflow.Value, user.Value, name, isTyping))
            .Unawaited(LogFailure);
        return Task.CompletedTask;
    }

    public IReadOnlyCollection<UserId> OnlineIn(WorkflowId workflow)
    {
        lock (_gate)
        {
            return _byWorkflow.TryGetValue(workflow, out var open)
                ? [.. open.Subscribers.Select(connection => connection.UserId).Distinct()]
                : [];
        }
    }

    /// <summary>The workflows that any connection of this node is subscribed to.</summary>
    public IReadOnlyList<OpenWorkflow> OpenWorkflows()
    {
        lock (_gate)
        {
            return [.. _byWorkflow.Values];
        }
    }

    /// <summary>The workflow, if any connection of this node is subscribed to it.</summary>
    public OpenWorkflow? Find(WorkflowId workflow)
    {
        lock (_gate)
        {
            return _byWorkflow.GetValueOrDefault(workflow);
        }
    }

    /// <summary>Whether any connection is open on this node.</summary>
    public bool Any
    {
        get
        {
            lock (_gate)
            {
                return _bySession.Count > 0;
            }
        }
    }

    /// <summary>The group of those who have the workflow open.</summary>
    public static string GroupOf(WorkflowId workflow) => workflow.ToString();

    /// <summary>None receives anything more while another is being told.</summary>
    private Task CloseAsync(Func<LiveConnection, SessionEndReason?> reasonOf)
    {
        (LiveConnection Connection, SessionEndReason Reason)[] closed;
        lock (_gate)
        {
            closed =
            [
                .. from connection in _bySession.Values
                let reason = reasonOf(connection)
                where reason is not null
                select (connection, reason.Value),
            ];
            foreach (var (connection, _) in closed)
            {
                _bySession.Remove(connection.Session);
                UnsubscribeFromAll(connection);
            }
        }

        return Task.WhenAll(closed.Select(each => EndAsync(each.Connection.Context, each.Reason)));
    }

    private void Open(LiveConnection connection, WorkflowId workflow, long lastSequence)
    {
        connection.Opened.Add(workflow);
        Subscribe(connection, workflow, lastSequence);
    }

    private void Subscribe(LiveConnection connection, WorkflowId workflow, long lastSequence)
    {
        if (connection.IsClosed || !connection.Subscriptions.Add(workflow))
        {
            return;
        }

        if (!_byWorkflow.TryGetValue(workflow, out var open))
        {
            _byWorkflow.Add(workflow, open = new OpenWorkflow(workflow, lastSequence));
        }

        var isFirstOfUser = open.Subscribers.All(other => other.UserId != connection.UserId);
        open.Subscribers.Add(connection);
        hub.Groups.AddToGroupAsync(connection.Id, GroupOf(workflow)).Unawaited(LogFailure);
        if (isFirstOfUser)
        {
            Announce(Others(workflow, connection), connection, workflow, online: true);
        }
    }

    private void Unsubscribe(LiveConnection connection, WorkflowId workflow)
    {
        if (!connection.Subscriptions.Remove(workflow))
        {
            return;
        }

        var open = _byWorkflow[workflow];
        open.Subscribers.Remove(connection);
        if (open.Subscribers.Count == 0)
        {
            _byWorkflow.Remove(workflow);
        }

        hub.Groups.RemoveFromGroupAsync(connection.Id, GroupOf(workflow)).Unawaited(LogFailure);
        if (open.Subscribers.All(other => other.UserId != connection.UserId))
        {
            Announce(Others(workflow, connection), connection, workflow, online: false);
        }
    }

    private void UnsubscribeFromAll(LiveConnection connection)
    {
        connection.IsClosed = true;
        foreach (var workflow in connection.Subscriptions.ToArray())
        {
            Unsubscribe(connection, workflow);
        }
    }

    private IChatClient Others(WorkflowId workflow, LiveConnection than) => hub.Clients.GroupExcept(GroupOf(workflow), than.Id);

    private void Announce(IChatClient viewers, LiveConnection connection, WorkflowId workflow, bool online) =>
        viewers
            .PresenceChanged(new PresenceChanged(workflow.Value, connection.UserId.Value, connection.Name, online))
            .Unawaited(LogFailure);

    /// <summary>What waits for a client that does not read is not for it any more: then the transport goes too, at once.</summary>
    private async Task EndAsync(HubCallerContext context, SessionEndReason reason)
    {
        hub.Clients.Client(context.ConnectionId).SessionEnded(reason).Unawaited(LogFailure);
        var taken = context.Features.Get<BoundedOutput>()?.WhenTaken() ?? Task.CompletedTask;
        if (await Task.WhenAny(taken, Task.Delay(FarewellTime)) != taken)
        {
            context.Features.Get<IConnectionLifetimeFeature>()?.Abort();
        }

        context.Abort();
    }

    private void LogFailure(Exception failure) => logger.LogError(failure, "A connection could not be told or changed");
}
