using BmadServer.Load.Reporting;
using BmadServer.Load.Subjects;
using BmadServer.Testing.History;

namespace BmadServer.Load.Checking;

/// <summary>What a closed loop's acks were held against when it was over, and nothing was wrong.</summary>
/// <param name="Case">As of <see cref="Measuring.Measurement"/>.</param>
/// <param name="Acks">All of the loop, those of its warm-up too.</param>
/// <param name="Events">Of all logs together.</param>
internal sealed record LogCheck(string Case, string Subject, int Workflows, long Acks, long Events);

internal static class LogChecker
{
    /// <summary>Of each kind, in the message of a failure.</summary>
    private const int Shown = 3;

    /// <summary>Reads what the server holds over REST, and compares.</summary>
    /// <exception cref="InvalidOperationException">Something was lost, doubled, made up or out of order.</exception>
    public static async Task<LogCheck> RunAsync(
        ServerSubject server,
        string name,
        IReadOnlyList<ConnectionRecord> connections,
        IReadOnlyList<Person> people,
        CancellationToken cancellationToken
    )
    {
        using var http = new HttpClient { BaseAddress = server.Node.Url };
        var violations = new List<Violation>();
        var check = new LogCheck(name, server.Name, Workflows: 0, Acks: 0, Events: 0);
        // One workflow after the other, so that not all of them have to be held at once.
        foreach (var workflow in connections.GroupBy(connection => connection.WorkflowId))
        {
            Progress.Say($"{server.Name}: comparing acks with the log, workflow {check.Workflows + 1}");
            var token = people[workflow.First().Index].AccessToken;
            var truth = await WorkflowTruth.ReadAsync(http, token, workflow.Key, cancellationToken);
            violations.AddRange(LoadHistory.Check([.. workflow], truth));
            check = check with
            {
                Workflows = check.Workflows + 1,
                Acks = check.Acks + workflow.Sum(connection => connection.Acks.Count),
                Events = check.Events + truth.Log.Count,
            };
        }

        return violations.Count == 0 ? check : throw new InvalidOperationException(Describe(server, name, violations));
    }

    private static string Describe(ServerSubject server, string name, List<Violation> violations)
    {
        var kinds = violations.GroupBy(violation => violation.Kind).ToList();
        var counts = kinds.Select(kind => $"{kind.Key} {kind.Count()}");
        var lines = kinds.SelectMany(kind => kind.Take(Shown)).Select(violation => $"\n  {violation}");
        return $"{server.Name}, {name}: the acks and the log differ. {string.Join(", ", counts)}; the first:{string.Concat(lines)}";
    }
}
