using BmadServer.Domain.Common;

namespace BmadServer.Domain.Workflows;

public static class WorkflowErrors
{
    /// <summary>Also the answer to a stranger: it does not tell whether the workflow exists.</summary>
    public static DomainException NotFound() => new("workflow.not_found", "There is no such workflow.", ErrorKind.NotFound);

    public static DomainException OwnerOnly() =>
        new("workflow.forbidden", "Only an owner of the workflow may do this.", ErrorKind.Forbidden);

    public static DomainException ReadOnly() => new("workflow.read_only", "An observer may read but not write.", ErrorKind.Forbidden);

    public static DomainException Closed() =>
        new("workflow.closed", "The workflow is completed or cancelled and takes no more messages.", ErrorKind.Conflict);

    public static DomainException IllegalStatus(WorkflowStatus from, WorkflowStatus to) =>
        new("workflow.illegal_status", $"A workflow cannot go from {Name(from)} to {Name(to)}.", ErrorKind.Conflict);

    public static DomainException LastOwner() => new("workflow.last_owner", "The last owner cannot leave.", ErrorKind.Conflict);

    public static DomainException Personal() =>
        new("workflow.personal", "A personal workflow stays active and belongs to one person.", ErrorKind.Conflict);

    /// <param name="limit">How many there may be.</param>
    public static DomainException TooMany(int limit) =>
        new("workflow.too_many", $"You may have {limit} workflows open; complete or cancel one first.", ErrorKind.Conflict);

    /// <param name="limit">How many there may be.</param>
    public static DomainException TooManyParticipants(int limit) =>
        new("participant.too_many", $"A workflow may have {limit} participants.", ErrorKind.Conflict);

    public static DomainException ParticipantExists() =>
        new("participant.exists", "That user is already a participant.", ErrorKind.Conflict);

    public static DomainException ParticipantNotFound() =>
        new("participant.not_found", "That user is not a participant.", ErrorKind.NotFound);

    private static string Name(WorkflowStatus status) => status.ToString().ToLowerInvariant();
}
