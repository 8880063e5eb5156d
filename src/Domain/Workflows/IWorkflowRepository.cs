using BmadServer.Domain.Users;

namespace BmadServer.Domain.Workflows;

public interface IWorkflowRepository
{
    void Add(Workflow workflow, Participant owner);

    void Add(Participant participant);

    void Remove(Participant participant);

    /// <summary>The workflow with this user's participation, read only, or null when the user is not in it.</summary>
    Task<Membership?> FindAsync(WorkflowId id, UserId user, CancellationToken cancellationToken);

    /// <summary>
    /// The same, tracked for changes and locked until the transaction ends: whoever else wants to change the workflow waits.
    /// </summary>
    Task<Membership?> FindForUpdateAsync(WorkflowId id, UserId user, CancellationToken cancellationToken);

    /// <summary>The same for many, for posts only: those of the wanted memberships that there are. None is tracked.</summary>
    /// <param name="wanted">Each once, in any order.</param>
    Task<IReadOnlyDictionary<(WorkflowId Workflow, UserId User), Membership>> FindForUpdateAsync(
        IReadOnlyCollection<(WorkflowId Workflow, UserId User)> wanted,
        CancellationToken cancellationToken
    );

    /// <summary>The same without the lock, and as this node last knew them: for posts that are stored only if nothing has happened since.</summary>
    /// <param name="wanted">Each once, in any order.</param>
    Task<IReadOnlyDictionary<(WorkflowId Workflow, UserId User), Membership>> FindForPostingAsync(
        IReadOnlyCollection<(WorkflowId Workflow, UserId User)> wanted,
        CancellationToken cancellationToken
    );

    Task<WorkflowId> PersonalWorkflowOfAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>Tracked for changes, or null.</summary>
    Task<Participant?> FindParticipantAsync(WorkflowId id, UserId user, CancellationToken cancellationToken);

    /// <summary>Moves the user's mark forward to this sequence; it never moves back, whoever calls at the same time.</summary>
    Task AdvanceReadMarkAsync(WorkflowId id, UserId user, long sequence, CancellationToken cancellationToken);

    Task<int> CountOwnersAsync(WorkflowId id, CancellationToken cancellationToken);

    Task<int> CountParticipantsAsync(WorkflowId id, CancellationToken cancellationToken);

    /// <summary>
    /// How many of the workflows that this user has made, and owns, are active or paused, but for the personal one. Those that others made
    /// and shared do not count: nobody can use up somebody else's places.
    /// </summary>
    Task<int> CountOpenMadeByAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>In the order of joining.</summary>
    Task<ILookup<WorkflowId, Participant>> ListParticipantsAsync(
        IReadOnlyCollection<WorkflowId> ids,
        CancellationToken cancellationToken
    );

    /// <summary>The user's workflows, newest first.</summary>
    /// <param name="before">Only those that were made before this one; null for the first page.</param>
    Task<IReadOnlyList<Membership>> ListAsync(UserId user, WorkflowId? before, int limit, CancellationToken cancellationToken);

    /// <summary>Which of these workflows the user is in, with the sequence of each one's newest event.</summary>
    Task<IReadOnlyDictionary<WorkflowId, long>> LastSequencesAsync(
        UserId user,
        IReadOnlyCollection<WorkflowId> ids,
        CancellationToken cancellationToken
    );

    /// <summary>The sequence of each of these workflows' newest event, whoever may see it.</summary>
    Task<IReadOnlyDictionary<WorkflowId, long>> LastSequencesAsync(
        IReadOnlyCollection<WorkflowId> ids,
        CancellationToken cancellationToken
    );

    /// <summary>A piece of the log, in order.</summary>
    Task<IReadOnlyList<WorkflowEvent>> ListEventsAsync(WorkflowId id, EventRange range, CancellationToken cancellationToken);
}

/// <summary>A piece of a workflow's log: the events after one sequence and up to another.</summary>
/// <param name="Limit">How many at most.</param>
/// <param name="MaximumCharacters">How much message text at most, in UTF-16 code units; the first event is there whatever its length.</param>
public readonly record struct EventRange(long After, long UpTo, int Limit, int MaximumCharacters);

/// <summary>A workflow as one of its participants sees it.</summary>
public sealed record Membership(Workflow Workflow, Participant Participant);
