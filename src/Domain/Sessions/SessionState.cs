using BmadServer.Domain.Workflows;

namespace BmadServer.Domain.Sessions;

/// <summary>
/// A session's checkpoint: what is carried over when a device comes back. Immutable, replaced as a whole.
/// </summary>
/// <param name="JoinedWorkflows">In the order of joining; the last one is the active one.</param>
public sealed record SessionState(IReadOnlyList<WorkflowId> JoinedWorkflows)
{
    public static readonly SessionState Empty = new([]);

    /// <summary>Where a send without a workflow goes: the workflow joined last, or none.</summary>
    public WorkflowId? ActiveWorkflowId => JoinedWorkflows.Count > 0 ? JoinedWorkflows[^1] : null;

    public SessionState Join(WorkflowId workflow) => new([.. JoinedWorkflows.Where(joined => joined != workflow), workflow]);

    public SessionState Leave(WorkflowId workflow) => new([.. JoinedWorkflows.Where(joined => joined != workflow)]);

    public bool Equals(SessionState? other) => other is not null && JoinedWorkflows.SequenceEqual(other.JoinedWorkflows);

    public override int GetHashCode() => JoinedWorkflows.Aggregate(17, HashCode.Combine);
}
