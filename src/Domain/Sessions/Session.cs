using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Domain.Sessions;

/// <summary>
/// One device's standing with the server. Connections come and go; the session stays until it is ended, or idle for too long.
/// </summary>
public sealed class Session
{
    private Session() { }

    public SessionId Id { get; private init; }

    public UserId UserId { get; private init; }

    /// <summary>The sign-in that the present connection came with; logging out of it ends this session.</summary>
    public TokenFamilyId FamilyId { get; private set; }

    /// <summary>What the device called itself, for its user to recognise it by.</summary>
    public string Device { get; private set; } = "";

    public SessionState State { get; private set; } = SessionState.Empty;

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset LastActivityAt { get; private set; }

    /// <summary>The connection that it has now, or had when its node died.</summary>
    public string? ConnectionId { get; private set; }

    /// <summary>The node that holds <see cref="ConnectionId"/>.</summary>
    public NodeId? NodeId { get; private set; }

    /// <summary>When its connection was seen to drop; unknown after a crash of the node.</summary>
    public DateTimeOffset? DisconnectedAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    public SessionEndReason? EndReason { get; private set; }

    /// <summary>The session that this one's checkpoint went into.</summary>
    public SessionId? SuccessorId { get; private set; }

    /// <summary>Grows by one with each change; two writers that read the same version cannot both win.</summary>
    public int Version { get; private set; }

    public bool HasEnded => EndedAt is not null;

    public static Session Start(
        UserId user,
        TokenFamilyId family,
        string device,
        string connectionId,
        NodeId node,
        DateTimeOffset now,
        SessionState? checkpoint = null
    ) =>
        new()
        {
            Id = SessionId.New(now),
            UserId = user,
            FamilyId = family,
            Device = device,
            State = checkpoint ?? SessionState.Empty,
            CreatedAt = now,
            LastActivityAt = now,
            ConnectionId = connectionId,
            NodeId = node,
            Version = 1,
        };

    public DateTimeOffset ExpiresAt(TimeSpan idleTimeout) => LastActivityAt + idleTimeout;

    /// <summary>Takes a new connection: the device is back, with this very session.</summary>
    public void Reconnect(TokenFamilyId family, string device, string connectionId, NodeId node, DateTimeOffset now)
    {
        ThrowIfEnded();
        FamilyId = family;
        Device = device;
        ConnectionId = connectionId;
        NodeId = node;
        DisconnectedAt = null;
        LastActivityAt = now;
        Version++;
    }

    /// <summary>The open connection goes on with another sign-in of the same user.</summary>
    public void MoveTo(TokenFamilyId family)
    {
        ThrowIfEnded();
        if (FamilyId != family)
        {
            FamilyId = family;
            Version++;
        }
    }

    /// <summary>Ends this session and carries its checkpoint over to a new one.</summary>
    public Session Succeed(TokenFamilyId family, string device, string connectionId, NodeId node, DateTimeOffset now)
    {
        ThrowIfEnded();
        var successor = Start(UserId, family, device, connectionId, node, now, State);
        End(SessionEndReason.Replaced, now);
        SuccessorId = successor.Id;
        return successor;
    }

    /// <summary>Makes the workflow the active one.</summary>
    public void Join(WorkflowId workflow, DateTimeOffset now)
    {
        ThrowIfEnded();
        State = State.Join(workflow);
        LastActivityAt = now;
        Version++;
    }

    public void Leave(WorkflowId workflow, DateTimeOffset now)
    {
        ThrowIfEnded();
        State = State.Leave(workflow);
        LastActivityAt = now;
        Version++;
    }

    /// <summary>Closes a workflow that the user is no longer in; no doing of the device's, and so no activity.</summary>
    public void Lose(WorkflowId workflow)
    {
        State = State.Leave(workflow);
        Version++;
    }

    /// <summary>Starts the idle limit anew.</summary>
    public void Extend(DateTimeOffset now)
    {
        ThrowIfEnded();
        LastActivityAt = now;
        Version++;
    }

    public void End(SessionEndReason reason, DateTimeOffset now)
    {
        if (HasEnded)
        {
            return;
        }

        EndedAt = now;
        EndReason = reason;
        ConnectionId = null;
        NodeId = null;
        DisconnectedAt ??= now;
        Version++;
    }

    /// <exception cref="DomainException"><c>session.conflict</c>: the caller acted on another version.</exception>
    public void ThrowIfChangedSince(int? expectedVersion)
    {
        if (expectedVersion is { } expected && expected != Version)
        {
            throw SessionErrors.Conflict();
        }
    }

    private void ThrowIfEnded()
    {
        if (HasEnded)
        {
            throw SessionErrors.Ended();
        }
    }
}
