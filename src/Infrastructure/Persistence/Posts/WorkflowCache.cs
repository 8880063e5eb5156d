using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Infrastructure.Persistence.Posts;

/// <summary>A workflow as it was when its log went up to <see cref="StoredSequence"/>.</summary>
internal sealed class KnownWorkflow(Workflow workflow)
{
    public Workflow Workflow => workflow;

    /// <summary>Posts that are not stored yet take its own last sequence further.</summary>
    public long StoredSequence { get; private set; } = workflow.LastSequence;

    /// <summary>Those that were asked for, not all.</summary>
    public Dictionary<UserId, Participant> Participants { get; } = [];

    public bool HasNewPosts => Workflow.LastSequence != StoredSequence;

    public void NoteStored() => StoredSequence = Workflow.LastSequence;
}

/// <summary>
/// The workflows that were posted to lately. None is valid just because it is here: every change of a workflow or of its participants
/// that posting depends on takes the next sequence, so the database can tell, when posts are stored, whether what was known still holds.
/// </summary>
internal sealed class WorkflowCache
{
    private const int Capacity = 5_000;

    /// <summary>Those of a workflow that has more are read again.</summary>
    private const int MaximumParticipants = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<WorkflowId, KnownWorkflow> _workflows = [];

    /// <summary>Whoever takes one has it alone, and puts it back only once its posts are stored.</summary>
    public KnownWorkflow? Take(WorkflowId id)
    {
        lock (_gate)
        {
            return _workflows.Remove(id, out var known) ? known : null;
        }
    }

    public void Put(KnownWorkflow known)
    {
        if (known.Participants.Count > MaximumParticipants)
        {
            return;
        }

        lock (_gate)
        {
            if (_workflows.Count >= Capacity)
            {
                // Those in use are back after one read each.
                _workflows.Clear();
            }

            _workflows[known.Workflow.Id] = known;
        }
    }

    public void Remove(WorkflowId id) => Take(id);
}
