using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Domain.Audit;

/// <summary>What is worth knowing afterwards about who could do what. The names are stored: none may change its meaning.</summary>
public enum AuditEvent
{
    Registered,
    SignedIn,
    SignInFailed,
    LockedOut,
    SignedOut,
    RefreshTokenReused,
    PasswordChanged,
    PasswordReset,
    SessionEnded,
    SessionsEnded,
    UserDisabled,
    UserEnabled,
    ParticipantAdded,
    ParticipantRemoved,
    OwnerAdded,
    OwnerRemoved,
    KeysRotated,
    DatabaseImported,
}

/// <summary>
/// One line of the audit log: written once, never changed. No secret and no email address is in it; accounts stand there as ids, and one
/// that does not exist not at all.
/// </summary>
public sealed class AuditEntry
{
    public const int MaximumDetailLength = 200;

    /// <summary>Of an IPv6 address with its zone.</summary>
    public const int MaximumAddressLength = 64;

    private AuditEntry() { }

    public Guid Id { get; private init; }

    public DateTimeOffset RecordedAt { get; private init; }

    public AuditEvent Event { get; private init; }

    /// <summary>Whether it was done; otherwise somebody was refused.</summary>
    public bool Succeeded { get; private init; }

    /// <summary>Who did it; null for the operator at the command line, and for somebody who is not signed in.</summary>
    public UserId? ActorId { get; private init; }

    /// <summary>Whose account it is about; null where there is none.</summary>
    public UserId? UserId { get; private init; }

    public WorkflowId? WorkflowId { get; private init; }

    /// <summary>The client's network address, as far as the server knows it; null for the command line.</summary>
    public string? Address { get; private init; }

    public string? Detail { get; private init; }

    public static AuditEntry Of(
        AuditEvent what,
        DateTimeOffset now,
        UserId? actor,
        UserId? user,
        WorkflowId? workflow,
        string? address,
        string? detail
    ) =>
        new()
        {
            Id = Guid.CreateVersion7(now),
            RecordedAt = now,
            Event = what,
            Succeeded = what is not (AuditEvent.SignInFailed or AuditEvent.LockedOut or AuditEvent.RefreshTokenReused),
            ActorId = actor,
            UserId = user,
            WorkflowId = workflow,
            Address = address,
            Detail = detail,
        };
}
