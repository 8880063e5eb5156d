using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.Chaos;

/// <summary>Where the histories of a failure are kept, for reading.</summary>
internal static class HistoryFile
{
    public static string Write(
        int seed,
        IReadOnlyList<ClientHistory> clients,
        IReadOnlyList<WorkflowTruth> truth,
        IReadOnlyList<Violation> violations
    )
    {
        var file = Path.Combine(Path.GetTempPath(), $"bmadserver-history-{seed}-{Guid.CreateVersion7():N}.txt");
        using var writer = new StreamWriter(file);
        writer.WriteLine($"seed {seed}, times in ms");
        foreach (var violation in violations)
        {
            writer.WriteLine(violation);
        }

        foreach (var workflow in truth)
        {
            writer.WriteLine($"\nlog of {workflow.WorkflowId}, last sequence {workflow.Fresh.LastSequence}");
            foreach (var @event in workflow.Log)
            {
                writer.WriteLine($"  {@event} at {@event.At:O}");
            }
        }

        foreach (var client in clients)
        {
            writer.WriteLine($"\n{client.Name}, user {client.UserId}");
            foreach (var entry in client.Entries)
            {
                writer.WriteLine($"  {entry.At / (TimeProvider.System.TimestampFrequency / 1000)} {Text(entry)}");
            }
        }

        return file;
    }

    private static string Text(Entry entry) =>
        entry switch
        {
            PageTaken taken => $"connection {taken.Connection}, page of {taken.WorkflowId} after #{taken.After}: "
                + $"{taken.Page.Events.Count} events, last {taken.Page.LastSequence}, more {taken.Page.HasMore}",
            SnapshotTaken taken => $"connection {taken.Connection}, snapshot of {taken.WorkflowId} at #{taken.Snapshot.LastSequence}",
            Connected connected => $"{connected with { Joined = [] }}, joined {string.Join(", ", connected.Joined)}",
            Pushed pushed => $"connection {pushed.Connection}, pushed {pushed.Event}",
            _ => entry.ToString(),
        };
}
