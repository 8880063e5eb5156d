using BmadServer.Application.Sessions;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Auth;
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
    private readonly Dictionary<SessionId, Connection> _bySession = [];
    private readonly Dictionary<WorkflowId, HashSet<Connection>> _byWorkflow = [];

    /// <summary>
    /// Takes a new connection in, subscribed to what its session has joined. An older one of the session goes; where a newer
    /// one has overtaken this, nothing happens.
    /// </summary>
    public void Attach(HubCallerContext context, OpenedSession opened)
    {
        var connection = new Connection(opened.Id, context, context.User!.UserId()!.Value, context.User!.DisplayName(), opened.Version)
        {
            AccessExpiresAt = context.User!.TokenExpiresAt()!.Value,
        };
        Connection? replaced;
        lock (_gate)
        {
            if (_bySession.TryGetValue(opened.Id, out replaced) && replaced.Version > opened.Version)
            {
                return;
            }

            _bySession[opened.Id] = connection;

            // The new one first: its user must not go offline in between.
            foreach (var joined in opened.JoinedWorkflows)
            {
                Open(connection, joined);
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
                foreach (var present in _byWorkflow[workflow].DistinctBy(connection => connection.UserId))
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
            if (_byWorkflow.TryGetValue(workflow, out var subscribed))
            {
                foreach (var connection in subscribed.Where(connection => connection.UserId == user).ToArray())
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
    public void ResubscribeUser(UserId user, WorkflowId workflow)
    {
        lock (_gate)
        {
            foreach (var connection in _bySession.Values)
            {
                if (connection.UserId == user && connection.Opened.Contains(workflow))
                {
                    Subscribe(connection, workflow);
                }
            }
        }
    }

    public Task SubscribeAsync(SessionId session, WorkflowId workflow)
    {
        lock (_gate)
        {
            if (_bySession.TryGetValue(session, out var connection))
            {
                Open(connection, workflow);
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

    public void RenewAccess(SessionId session, DateTimeOffset expiresAt)
    {
        lock (_gate)
        {
            if (_bySession.TryGetValue(session, out var connection))
            {
                connection.AccessExpiresAt = expiresAt;
            }
        }
    }

    /// <summary>Closes the connections whose access token ran out before this time. Their sessions stay.</summary>
    public Task CloseOutdatedAsync(DateTimeOffset time)
    {
        Connection[] outdated;
        lock (_gate)
        {
            outdated = [.. _bySession.Values.Where(connection => connection.AccessExpiresAt < time)];
            foreach (var connection in outdated)
            {
                _bySession.Remove(connection.Session);
                UnsubscribeFromAll(connection);
            }
        }

        return Task.WhenAll(outdated.Select(connection => EndAsync(connection.Context, SessionEndReason.Expired)));
    }

    public async Task CloseAsync(SessionId session, SessionEndReason reason)
    {
        Connection? closed;
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
            own = _byWorkflow.TryGetValue(workflow, out var subscribed)
                ? [.. subscribed.Where(connection => connection.UserId == user).Select(connection => connection.Id)]
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
            return _byWorkflow.TryGetValue(workflow, out var subscribed)
                ? [.. subscribed.Select(connection => connection.UserId).Distinct()]
                : [];
        }
    }

    /// <summary>The workflows that any connection of this node is subscribed to.</summary>
    public IReadOnlyCollection<WorkflowId> OpenWorkflows()
    {
        lock (_gate)
        {
            return [.. _byWorkflow.Keys];
        }
    }

    /// <summary>The group of those who have the workflow open.</summary>
    public static string GroupOf(WorkflowId workflow) => workflow.ToString();

    private void Open(Connection connection, WorkflowId workflow)
    {
        connection.Opened.Add(workflow);
        Subscribe(connection, workflow);
    }

    private void Subscribe(Connection connection, WorkflowId workflow)
    {
        if (connection.IsClosed || !connection.Subscriptions.Add(workflow))
        {
            return;
        }

        if (!_byWorkflow.TryGetValue(workflow, out var subscribed))
        {
            _byWorkflow.Add(workflow, subscribed = []);
        }

        var isFirstOfUser = subscribed.All(other => other.UserId != connection.UserId);
        subscribed.Add(connection);
        hub.Groups.AddToGroupAsync(connection.Id, GroupOf(workflow)).Unawaited(LogFailure);
        if (isFirstOfUser)
        {
            Announce(Others(workflow, connection), connection, workflow, online: true);
        }
    }

    private void Unsubscribe(Connection connection, WorkflowId workflow)
    {
        if (!connection.Subscriptions.Remove(workflow))
        {
            return;
        }

        var subscribed = _byWorkflow[workflow];
        subscribed.Remove(connection);
        if (subscribed.Count == 0)
        {
            _byWorkflow.Remove(workflow);
        }

        hub.Groups.RemoveFromGroupAsync(connection.Id, GroupOf(workflow)).Unawaited(LogFailure);
        if (subscribed.All(other => other.UserId != connection.UserId))
        {
            Announce(Others(workflow, connection), connection, workflow, online: false);
        }
    }

    private void UnsubscribeFromAll(Connection connection)
    {
        connection.IsClosed = true;
        foreach (var workflow in connection.Subscriptions.ToArray())
        {
            Unsubscribe(connection, workflow);
        }
    }

    private IChatClient Others(WorkflowId workflow, Connection than) => hub.Clients.GroupExcept(GroupOf(workflow), than.Id);

    private void Announce(IChatClient viewers, Connection connection, WorkflowId workflow, bool online) =>
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

    private sealed class Connection(SessionId session, HubCallerContext context, UserId userId, string name, int version)
    {
        public SessionId Session { get; } = session;

        public HubCallerContext Context { get; } = context;

        public string Id { get; } = context.ConnectionId;

        public UserId UserId { get; } = userId;

        public string Name { get; } = name;

        /// <summary>The session's version when this connection took it.</summary>
        public int Version { get; } = version;

        /// <summary>When the access token runs out that it has now.</summary>
        public required DateTimeOffset AccessExpiresAt { get; set; }

        /// <summary>What the device has opened and not closed, whether or not its user may see it at the moment.</summary>
        public HashSet<WorkflowId> Opened { get; } = [];

        /// <summary>Of <see cref="Opened"/>, what arrives.</summary>
        public HashSet<WorkflowId> Subscriptions { get; } = [];

        /// <summary>Once true, no subscription is added any more.</summary>
        public bool IsClosed { get; set; }
    }
}
