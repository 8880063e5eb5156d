using BmadServer.Domain.Common;
using BmadServer.Domain.Users;

namespace BmadServer.Domain.Workflows;

public enum ParticipantRole
{
    /// <summary>Writes, renames, changes the status, adds and removes people.</summary>
    Owner,

    /// <summary>Reads and writes.</summary>
    Contributor,

    /// <summary>Reads only.</summary>
    Observer,
}

/// <summary>A user in a workflow.</summary>
public sealed class Participant
{
    private Participant() { }

    public WorkflowId WorkflowId { get; private init; }

    public UserId UserId { get; private init; }

    public string Name { get; private init; } = "";

    public ParticipantRole Role { get; private init; }

    public DateTimeOffset JoinedAt { get; private init; }

    /// <summary>How far this user has read; only ever grows.</summary>
    public long LastReadSequence { get; private init; }

    public bool IsOwner => Role == ParticipantRole.Owner;

    public Actor Actor => Actor.User(UserId, Name);

    internal static Participant Create(WorkflowId workflow, UserId user, string name, ParticipantRole role, DateTimeOffset now) =>
        new()
        {
            WorkflowId = workflow,
            UserId = user,
            Name = name,
            Role = role,
            JoinedAt = now,
        };

    /// <exception cref="DomainException"><c>workflow.read_only</c>: an observer.</exception>
    public void ThrowIfReadOnly()
    {
        if (Role == ParticipantRole.Observer)
        {
            throw WorkflowErrors.ReadOnly();
        }
    }

    /// <exception cref="DomainException"><c>workflow.forbidden</c>: not an owner.</exception>
    public void ThrowIfNotOwner()
    {
        if (!IsOwner)
        {
            throw WorkflowErrors.OwnerOnly();
        }
    }
}
