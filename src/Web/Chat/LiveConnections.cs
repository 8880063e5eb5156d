using BmadServer.Application.Sessions;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Auth;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>
/// The node's open connections, by session. SignalR's groups decide who receives an event; this knows which groups a
/// connection is in, so that they can be taken away, and who is present.
/// </summary>
internal sealed class LiveConnections(IHubContext<ChatHub, IChatClient> hub) : ILiveConnections
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
    public async Task AttachAsync(HubCallerContext context, OpenedSession opened)
    {
        var connection = new Connection(context, context.User!.UserId()!.Value, context.User!.DisplayName(), opened.Version);
        Connection? replaced;
        lock (_gate)
        {
            if (_bySession.TryGetValue(opened.Id, out replaced) && replaced.Version > opened.Version)
            {
                return;
            }

            _bySession[opened.Id] = connection;
        }

        // The new one first: its user must not go offline in between.
        foreach (var joined in opened.JoinedWorkflows)
        {
            await SubscribeAsync(connection, joined);
        }

        if (replaced is not null)
        {
            await UnsubscribeFromAllAsync(replaced);
            await EndAsync(replaced.Context, SessionEndReason.Replaced);
        }
    }

    /// <summary>Forgets a connection that has closed.</summary>
    public async Task DetachAsync(SessionId session, string connectionId)
    {
        Connection? closed;
        lock (_gate)
        {
            if (!_bySession.TryGetValue(session, out closed) || closed.Id != connectionId)
            {
                return;
            }

            _bySession.Remove(session);
        }

        await UnsubscribeFromAllAsync(closed);
    }

    /// <summary>Tells the session's connection who else is present in its workflows.</summary>
    public async Task ShowPresentAsync(SessionId session)
    {
        List<PresenceChanged> present = [];
        Connection? viewer;
        lock (_gate)
        {
            if (!_bySession.TryGetValue(session, out viewer))
            {
                return;
            }

            foreach (var workflow in viewer.Subscriptions)
            {
                present.AddRange(
                    _byWorkflow[workflow]
                        .DistinctBy(connection => connection.UserId)
                        .Where(connection => connection.UserId != viewer.UserId)
                        .Select(connection => connection.Presence(workflow, online: true))
                );
            }
        }

        foreach (var presence in present)
        {
            await hub.Clients.Client(viewer.Id).PresenceChanged(presence);
        }
    }

    /// <summary>Stops a workflow's events on all connections of a user.</summary>
    public async Task UnsubscribeUserAsync(UserId user, WorkflowId workflow)
    {
        Connection[] theirs;
        lock (_gate)
        {
            theirs = _byWorkflow.TryGetValue(workflow, out var subscribed)
                ? [.. subscribed.Where(connection => connection.UserId == user)]
                : [];
        }

        foreach (var connection in theirs)
        {
            await UnsubscribeAsync(connection, workflow);
        }
    }

    public async Task SubscribeAsync(SessionId session, WorkflowId workflow)
    {
        if (Find(session) is { } connection)
        {
            await SubscribeAsync(connection, workflow);
        }
    }

    public async Task UnsubscribeAsync(SessionId session, WorkflowId workflow)
    {
        if (Find(session) is { } connection)
        {
            await UnsubscribeAsync(connection, workflow);
        }
    }

    public async Task CloseAsync(SessionId session, SessionEndReason reason)
    {
        Connection? closed;
        lock (_gate)
        {
            _bySession.Remove(session, out closed);
        }

        if (closed is not null)
        {
            await UnsubscribeFromAllAsync(closed);
            await EndAsync(closed.Context, reason);
        }
    }

    /// <summary>The same for one connection, whether or not it is the session's present one.</summary>
    public async Task CloseAsync(HubCallerContext context, SessionId session, SessionEndReason reason)
    {
        await DetachAsync(session, context.ConnectionId);
        await EndAsync(context, reason);
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

        var typing = new TypingChanged(workflow.Value, user.Value, name, isTyping);
        return hub.Clients.GroupExcept(GroupOf(workflow), own).TypingChanged(typing);
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

    /// <summary>The group of those who have the workflow open.</summary>
    public static string GroupOf(WorkflowId workflow) => workflow.ToString();

    private Connection? Find(SessionId session)
    {
        lock (_gate)
        {
            return _bySession.GetValueOrDefault(session);
        }
    }

    private async Task SubscribeAsync(Connection connection, WorkflowId workflow)
    {
        bool isFirstOfUser;
        lock (_gate)
        {
            if (connection.IsClosed || !connection.Subscriptions.Add(workflow))
            {
                return;
            }

            if (!_byWorkflow.TryGetValue(workflow, out var subscribed))
            {
                _byWorkflow.Add(workflow, subscribed = []);
            }

            isFirstOfUser = subscribed.All(other => other.UserId != connection.UserId);
            subscribed.Add(connection);
        }

        await hub.Groups.AddToGroupAsync(connection.Id, GroupOf(workflow));
        if (isFirstOfUser)
        {
            await Others(workflow, connection).PresenceChanged(connection.Presence(workflow, online: true));
        }
    }

    private async Task UnsubscribeAsync(Connection connection, WorkflowId workflow)
    {
        bool wasLastOfUser;
        lock (_gate)
        {
            if (!connection.Subscriptions.Remove(workflow))
            {
                return;
            }

            wasLastOfUser = RemoveFromWorkflow(connection, workflow);
        }

        await hub.Groups.RemoveFromGroupAsync(connection.Id, GroupOf(workflow));
        if (wasLastOfUser)
        {
            await Others(workflow, connection).PresenceChanged(connection.Presence(workflow, online: false));
        }
    }

    private async Task UnsubscribeFromAllAsync(Connection connection)
    {
        WorkflowId[] workflows;
        lock (_gate)
        {
            connection.IsClosed = true;
            workflows = [.. connection.Subscriptions];
        }

        foreach (var workflow in workflows)
        {
            await UnsubscribeAsync(connection, workflow);
        }
    }

    /// <returns>Whether the user has no other connection there.</returns>
    private bool RemoveFromWorkflow(Connection connection, WorkflowId workflow)
    {
        var subscribed = _byWorkflow[workflow];
        subscribed.Remove(connection);
        if (subscribed.Count == 0)
        {
            _byWorkflow.Remove(workflow);
        }

        return subscribed.All(other => other.UserId != connection.UserId);
    }

    private IChatClient Others(WorkflowId workflow, Connection than) => hub.Clients.GroupExcept(GroupOf(workflow), than.Id);

    private async Task EndAsync(HubCallerContext context, SessionEndReason reason)
    {
        var farewell = hub.Clients.Client(context.ConnectionId).SessionEnded(reason);
        await Task.WhenAny(farewell, Task.Delay(FarewellTime));
        context.Abort();
    }

    private sealed class Connection(HubCallerContext context, UserId userId, string name, int version)
    {
        public HubCallerContext Context { get; } = context;

        public string Id { get; } = context.ConnectionId;

        public UserId UserId { get; } = userId;

        /// <summary>The session's version when this connection took it.</summary>
        public int Version { get; } = version;

        public HashSet<WorkflowId> Subscriptions { get; } = [];

        /// <summary>Once true, no subscription is added any more.</summary>
        public bool IsClosed { get; set; }

        public PresenceChanged Presence(WorkflowId workflow, bool online) => new(workflow.Value, UserId.Value, name, online);
    }
}
