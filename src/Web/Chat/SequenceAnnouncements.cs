using BmadServer.Domain.Workflows;

namespace BmadServer.Web.Chat;

/// <summary>Decides which workflows' last sequences are due to be announced.</summary>
/// <remarks>
/// What is announced was read one turn earlier. By then its pushes have gone out, ahead of the announcement on every
/// connection, so that a client which has less has lost something, and need not wait and see.
/// </remarks>
internal sealed class SequenceAnnouncements
{
    /// <summary>The announcement may get lost as the push did.</summary>
    public const int Repeats = 3;

    private readonly Dictionary<WorkflowId, Entry> _entries = [];

    /// <param name="lastSequences">As just read, for every workflow that anybody has open.</param>
    public IReadOnlyList<(WorkflowId Workflow, long LastSequence)> Next(IReadOnlyDictionary<WorkflowId, long> lastSequences)
    {
        List<(WorkflowId, long)> due = [];
        foreach (var (workflow, lastSequence) in lastSequences)
        {
            // One that has just been opened is announced as well: something may have been lost since.
            var known = _entries.GetValueOrDefault(workflow);
            if (known.Left > 0)
            {
                due.Add((workflow, known.LastSequence));
            }

            _entries[workflow] =
                lastSequence > known.LastSequence
                    ? new Entry(lastSequence, Repeats)
                    : known with { Left = Math.Max(0, known.Left - 1) };
        }

        foreach (var closed in _entries.Keys.Where(workflow => !lastSequences.ContainsKey(workflow)).ToArray())
        {
            _entries.Remove(closed);
        }

        return due;
    }

    /// <summary>Nobody has anything open.</summary>
    public void Forget() => _entries.Clear();

    /// <param name="Left">How often it is still to be announced.</param>
    private readonly record struct Entry(long LastSequence, int Left);
}
