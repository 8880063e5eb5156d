using BmadServer.Domain.Workflows;

namespace BmadServer.Web.Chat;

/// <summary>Decides which workflows' last sequences are due to be announced.</summary>
internal sealed class SequenceAnnouncements
{
    /// <summary>The announcement may get lost as the push did.</summary>
    public const int Repeats = 3;

    private readonly Dictionary<WorkflowId, Entry> _entries = [];

    /// <param name="pushed">How far every workflow that anybody has open was pushed.</param>
    public IReadOnlyList<(WorkflowId Workflow, long LastSequence)> Next(IReadOnlyDictionary<WorkflowId, long> pushed)
    {
        List<(WorkflowId, long)> due = [];
        foreach (var (workflow, lastSequence) in pushed)
        {
            // One that has just been opened is announced as well: something may have been lost since.
            var known = _entries.GetValueOrDefault(workflow);
            var left = lastSequence > known.LastSequence ? Repeats : known.Left;
            if (left > 0)
            {
                due.Add((workflow, lastSequence));
            }

            _entries[workflow] = new Entry(lastSequence, Math.Max(0, left - 1));
        }

        foreach (var closed in _entries.Keys.Where(workflow => !pushed.ContainsKey(workflow)).ToArray())
        {
            _entries.Remove(closed);
        }

        return due;
    }

    /// <param name="Left">How often it is still to be announced.</param>
    private readonly record struct Entry(long LastSequence, int Left);
}
