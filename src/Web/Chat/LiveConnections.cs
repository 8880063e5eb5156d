using BmadServer.Application.Common;
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
internal sealed class LiveConnections(
    IHubContext<ChatHub, IChatClient> hub,
    PresenceQuestions questions,
    IBackplane backplane,
    TimeProvider time,
    ILogger<LiveConnections> logger
) : ILiveConnections
{
    /// <summary>How long a client that no longer reads can delay its own end.</summary>
    private static readonly TimeSpan FarewellTime = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Dictionary<SessionId, LiveConnection> _bySession = [];
    private readonly Dictionary<WorkflowId, OpenWorkflow> _byWorkflow = [];
    private readonly DetachedSessions _detached = new(time);

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
            _bySession.TryGetValue(opened.Id, out replaced);
            if (opened.Version < Math.Max(replaced?.Version ?? 0, _detached.VersionOf(opened.Id)))
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
                CloseAll(replaced);
            }
        }

        if (replaced is not null)
        {
            EndAsync(replaced.Context, SessionEndReason.Replaced).Unawaited(LogFailure);
        }

        return subscribed;
    }

    /// <summary>Forgets a connection that has closed.</summary>
    /// <returns>The workflows that it had open until now.</returns>
    public IReadOnlyCollection<WorkflowId> Detach(SessionId session, string connectionId)
    {
        lock (_gate)
        {
            if (!_bySession.TryGetValue(session, out var closed) || closed.Id != connectionId)
            {
                return [];
            }

            WorkflowId[] left = [.. closed.Opened];
            _bySession.Remove(session);
            CloseAll(closed);
            return left;
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

            foreach (var open in viewer.Opened.Select(workflow => _byWorkflow[workflow]).Where(open => open.Subscribers.Contains(viewer)))
            {
                var here = open.Subscribers.Select(connection => (connection.UserId, connection.Name));
                var elsewhere = open.Elsewhere.Select(user => (user.Key, user.Value));
                foreach (var (user, name) in here.Concat(elsewhere).DistinctBy(present => present.Item1))
                {
                    if (user != viewer.UserId)
                    {
                        Announce(hub.Clients.Client(viewer.Id), open.Id, user, name, online: true);
                    }
                }
            }
        }
    }

    /// <summary>Shows who has these workflows open on other nodes, as far as that is new.</summary>
    /// <param name="asked">The workflows that were asked about: whoever is not among the present is not in them.</param>
    public void ShowElsewhere(IEnumerable<WorkflowId> asked, IReadOnlyCollection<PresentUser> present)
    {
        var byWorkflow = present.ToLookup(each => each.Workflow);
        lock (_gate)
        {
            foreach (var workflow in asked)
            {
                if (_byWorkflow.TryGetValue(workflow, out var open))
                {
                    ShowElsewhere(open, byWorkflow[workflow].ToDictionary(each => each.User, each => each.Name));
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
                ForgetElsewhere(open, user);
                foreach (var connection in open.Subscribers.Where(connection => connection.UserId == user).ToArray())
                {
                    Unsubscribe(connection, open);
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
            if (_byWorkflow.TryGetValue(workflow, out var open))
            {
                foreach (var connection in open.Openers.Where(connection => connection.UserId == user))
                {
                    Subscribe(connection, open);
                }

                questions.Ask(workflow);
            }
        }
    }

    public Task<bool> SubscribeAsync(SessionId session, WorkflowId workflow, long lastSequence)
    {
        lock (_gate)
        {
            return Task.FromResult(_bySession.TryGetValue(session, out var connection) && !Open(connection, workflow, lastSequence));
        }
    }

    public Task UnsubscribeAsync(SessionId session, WorkflowId workflow)
    {
        lock (_gate)
        {
            if (_bySession.TryGetValue(session, out var connection))
            {
                Close(connection, workflow);
            }
        }

        return Task.CompletedTask;
    }

    public void RenewAccess(SessionId session, string connectionId, TokenFamilyId family, DateTimeOffset expiresAt)
    {
        lock (_gate)
        {
            if (_bySession.TryGetValue(session, out var connection) && connection.Id == connectionId)
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

    /// <summary>Closes the session's connection if the session has been taken since: with this version, by a connection elsewhere.</summary>
    public Task CloseTakenAsync(SessionId session, int version) =>
        CloseAsync(session, connection => connection.Version < version, SessionEndReason.Replaced);

    public async Task CloseAsync(SessionId session, SessionEndReason reason)
    {
        backplane.Send(new AccessEnded());
        await CloseAsync(session, _ => true, reason);
    }

    private async Task CloseAsync(SessionId session, Func<LiveConnection, bool> applies, SessionEndReason reason)
    {
        LiveConnection? closed;
        WorkflowId[] left = [];
        lock (_gate)
        {
            if (_bySession.TryGetValue(session, out closed) && applies(closed))
            {
                _bySession.Remove(session);
                left = [.. closed.Opened];
                CloseAll(closed);
            }
            else
            {
                closed = null;
            }
        }

        if (closed is not null)
        {
            Tell(left);
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
        ShowTypingHere(workflow, user, name, isTyping);
        backplane.Send(new TypingShown(workflow.Value, user.Value, name, isTyping));
        return Task.CompletedTask;
    }

    /// <summary>The same for those on this node.</summary>
    public void ShowTypingHere(WorkflowId workflow, UserId user, string name, bool isTyping)
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
    }

    public IReadOnlyCollection<UserId> OnlineIn(WorkflowId workflow)
    {
        lock (_gate)
        {
            return _byWorkflow.TryGetValue(workflow, out var open)
                ? [.. open.Subscribers.Select(connection => connection.UserId).Union(open.Elsewhere.Keys)]
                : [];
        }
    }

    /// <summary>The workflows that any connection of this node has open.</summary>
    public IReadOnlyList<OpenWorkflow> OpenWorkflows()
    {
        lock (_gate)
        {
            return [.. _byWorkflow.Values];
        }
    }

    /// <summary>The workflow, if any connection of this node has it open.</summary>
    public OpenWorkflow? Find(WorkflowId workflow)
    {
        lock (_gate)
        {
            return _byWorkflow.GetValueOrDefault(workflow);
        }
    }

    /// <summary>The sessions that have a connection on this node, each with that.</summary>
    public IReadOnlyCollection<(SessionId Session, string ConnectionId)> Connected()
    {
        lock (_gate)
        {
            return [.. _bySession.Values.Select(connection => (connection.Session, connection.Id))];
        }
    }

    /// <summary>Of every connection that is open on this node.</summary>
    public IReadOnlyList<HubCallerContext> Contexts()
    {
        lock (_gate)
        {
            return [.. _bySession.Values.Select(connection => connection.Context)];
        }
    }

    /// <summary>How many connections are open on this node.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _bySession.Count;
            }
        }
    }

    /// <summary>The group of those who have the workflow open.</summary>
    public static string GroupOf(WorkflowId workflow) => workflow.ToString();

    /// <summary>None receives anything more while another is being told.</summary>
    private Task CloseAsync(Func<LiveConnection, SessionEndReason?> reasonOf)
    {
        (LiveConnection Connection, SessionEndReason Reason)[] closed;
        HashSet<WorkflowId> left = [];
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
                left.UnionWith(connection.Opened);
                CloseAll(connection);
            }
        }

        Tell(left);
        return Task.WhenAll(closed.Select(each => EndAsync(each.Connection.Context, each.Reason)));
    }

    /// <returns>Whether anything changed: false when its events arrived already.</returns>
    private bool Open(LiveConnection connection, WorkflowId workflow, long lastSequence)
    {
        if (!_byWorkflow.TryGetValue(workflow, out var open))
        {
            _byWorkflow.Add(workflow, open = new OpenWorkflow(workflow, lastSequence));
            questions.Ask(workflow);
        }

        connection.Opened.Add(workflow);
        open.Openers.Add(connection);
        return Subscribe(connection, open);
    }

    private void Close(LiveConnection connection, WorkflowId workflow)
    {
        if (!connection.Opened.Remove(workflow))
        {
            return;
        }

        var open = _byWorkflow[workflow];
        Unsubscribe(connection, open);
        open.Openers.Remove(connection);
        if (open.Openers.Count == 0)
        {
            _byWorkflow.Remove(workflow);
        }
    }

    private bool Subscribe(LiveConnection connection, OpenWorkflow open)
    {
        if (!open.Subscribers.Add(connection))
        {
            return false;
        }

        var workflow = open.Id;
        var isFirstOfUser =
            !open.Elsewhere.ContainsKey(connection.UserId)
            && open.Subscribers.All(other => other == connection || other.UserId != connection.UserId);
        hub.Groups.AddToGroupAsync(connection.Id, GroupOf(workflow)).Unawaited(LogFailure);
        if (isFirstOfUser)
        {
            Announce(Others(workflow, connection), workflow, connection.UserId, connection.Name, online: true);
        }

        return true;
    }

    private void Unsubscribe(LiveConnection connection, OpenWorkflow open)
    {
        if (!open.Subscribers.Remove(connection))
        {
            return;
        }

        var workflow = open.Id;
        hub.Groups.RemoveFromGroupAsync(connection.Id, GroupOf(workflow)).Unawaited(LogFailure);
        if (!IsPresent(open, connection.UserId))
        {
            Announce(Others(workflow, connection), workflow, connection.UserId, connection.Name, online: false);
        }
    }

    /// <summary>It is not the session's connection any more.</summary>
    private void CloseAll(LiveConnection connection)
    {
        _detached.Add(connection.Session, connection.Version);
        foreach (var workflow in connection.Opened.ToArray())
        {
            Close(connection, workflow);
        }
    }

    private IChatClient Others(WorkflowId workflow, LiveConnection than) => hub.Clients.GroupExcept(GroupOf(workflow), than.Id);

    private void Announce(IChatClient viewers, WorkflowId workflow, UserId user, string name, bool online) =>
        viewers.PresenceChanged(new PresenceChanged(workflow.Value, user.Value, name, online)).Unawaited(LogFailure);

    private void ShowElsewhere(OpenWorkflow open, Dictionary<UserId, string> present)
    {
        foreach (var gone in open.Elsewhere.Keys.Where(user => !present.ContainsKey(user)).ToArray())
        {
            ForgetElsewhere(open, gone);
        }

        foreach (var (user, name) in present)
        {
            var isNew = !IsPresent(open, user);
            open.Elsewhere[user] = name;
            if (isNew)
            {
                Announce(hub.Clients.Group(GroupOf(open.Id)), open.Id, user, name, online: true);
            }
        }
    }

    private void ForgetElsewhere(OpenWorkflow open, UserId user)
    {
        if (open.Elsewhere.Remove(user, out var name) && !IsPresent(open, user))
        {
            Announce(hub.Clients.Group(GroupOf(open.Id)), open.Id, user, name, online: false);
        }
    }

    private static bool IsPresent(OpenWorkflow open, UserId user) =>
        open.Elsewhere.ContainsKey(user) || open.Subscribers.Any(connection => connection.UserId == user);

    /// <summary>That somebody who had these workflows open has gone.</summary>
    private void Tell(IReadOnlyCollection<WorkflowId> left)
    {
        foreach (var workflow in left)
        {
            backplane.Send(new PresenceChanging(workflow.Value));
        }
    }

    /// <summary>What waits for a client that does not read is not for it any more: then the transport goes too, at once.</summary>
    private async Task EndAsync(HubCallerContext context, SessionEndReason reason)
    {
        var told = TellAsync(context, reason);
        if (await Task.WhenAny(told, Task.Delay(FarewellTime)) != told)
        {
            context.Features.Get<IConnectionLifetimeFeature>()?.Abort();
        }

        context.Abort();
    }

    /// <summary>Until the transport has it: it may have to wait for another send to be written first.</summary>
    private async Task TellAsync(HubCallerContext context, SessionEndReason reason)
    {
        try
        {
            await hub.Clients.Client(context.ConnectionId).SessionEnded(reason);
            await (context.Features.Get<BoundedOutput>()?.WhenTaken() ?? Task.CompletedTask);
        }
        catch (Exception failure)
        {
            LogFailure(failure);
        }
    }

    private void LogFailure(Exception failure) => logger.LogError(failure, "A connection could not be told or changed");
}
