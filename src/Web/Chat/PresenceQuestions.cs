using BmadServer.Domain.Workflows;

namespace BmadServer.Web.Chat;

/// <summary>The workflows of which it is to be read soon who has them open on other nodes.</summary>
internal sealed class PresenceQuestions(TimeProvider time) : IDisposable
{
    /// <summary>How often it is read for all open workflows, whether or not anybody asked.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Turns _turns = new(Interval, time);
    private HashSet<WorkflowId> _asked = [];

    public void Ask(WorkflowId workflow)
    {
        lock (_gate)
        {
            _asked.Add(workflow);
        }

        _turns.Hasten();
    }

    /// <returns>The workflows that were asked about, or null when it is time to read them all.</returns>
    public async Task<IReadOnlyCollection<WorkflowId>?> NextAsync(CancellationToken cancellationToken)
    {
        var all = await _turns.NextAsync(cancellationToken);
        lock (_gate)
        {
            var asked = _asked;
            _asked = [];
            return all ? null : asked;
        }
    }

    public void Dispose() => _turns.Dispose();
}
