using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.Chaos;

/// <summary>What happened, counted over a round or over many.</summary>
internal sealed record Tally
{
    public int Rounds { get; init; }

    public int ServerKills { get; init; }

    public int ServerRestarts { get; init; }

    public int PostgresKills { get; init; }

    public int PostgresStops { get; init; }

    public int PostgresResets { get; init; }

    /// <summary>Commits that were lost on their way to PostgreSQL, or whose answers were lost on the way back.</summary>
    public int CommitsCut { get; init; }

    /// <summary>Redis killed, frozen, or cut off from a node.</summary>
    public int RedisFaults { get; init; }

    /// <summary>The same of statements that carry texts: those of sends, which commit by themselves, and of edits.</summary>
    public int SendsCut { get; init; }

    public int Drops { get; init; }

    public int Events { get; init; }

    public int AckedMessages { get; init; }

    public int AckedChanges { get; init; }

    /// <summary>Attempts without an answer, or with one that was only about the server's state.</summary>
    public int UnknownOutcomes { get; init; }

    /// <summary>Calls refused by the server's state, as while its database is away; there is no reason for one while nothing happens to it.</summary>
    public int PassingRefusals { get; init; }

    /// <summary>Sends that were stored by an attempt whose ack got lost, and whose repeat was told so.</summary>
    public int RepeatedAfterLostAck { get; init; }

    public int Violations { get; init; }

    public int Lost { get; init; }

    public int Duplicated { get; init; }

    public int OutOfOrder { get; init; }

    public static Tally Of(IReadOnlyList<ClientHistory> clients, IReadOnlyList<WorkflowTruth> truth, IReadOnlyList<Violation> violations)
    {
        var entries = clients.SelectMany(client => client.Entries).ToList();
        return new Tally
        {
            Rounds = 1,
            Drops = entries.Count(entry => entry is Dropped),
            Events = truth.Sum(workflow => workflow.Log.Count),
            AckedMessages = clients
                .SelectMany(client => Sends(client).Where(send => send.Outcome is Acked).Select(send => (client.UserId, send.Key)))
                .Distinct()
                .Count(),
            AckedChanges = clients.Sum(client =>
                client.Entries.Count(entry => entry is Acked) - Sends(client).Count(send => send.Outcome is Acked)
            ),
            UnknownOutcomes = entries.Count(entry => entry is OutcomeUnknown or Refused { IsPassing: true }),
            PassingRefusals = entries.Count(entry => entry is Refused { IsPassing: true }),
            RepeatedAfterLostAck = clients.Sum(client =>
                Sends(client)
                    .GroupBy(send => send.Key)
                    .Count(attempts =>
                        attempts.Any(attempt => attempt.Outcome is OutcomeUnknown)
                        && attempts.Any(attempt => attempt.Outcome is Acked { Ack.Duplicate: true })
                    )
            ),
            Violations = violations.Count,
            Lost = Count(ViolationKind.AckedMissing),
            Duplicated = Count(ViolationKind.StoredTwice, ViolationKind.FirstTwice),
            OutOfOrder = Count(
                ViolationKind.AckOrder,
                ViolationKind.RealTimeOrder,
                ViolationKind.OrderDiffers,
                ViolationKind.PushOutOfOrder,
                ViolationKind.LogGap,
                ViolationKind.LogTwin,
                ViolationKind.LogDisordered
            ),
        };

        int Count(params ViolationKind[] kinds) => violations.Count(violation => kinds.Contains(violation.Kind));
    }

    public static Tally operator +(Tally one, Tally other) =>
        new()
        {
            Rounds = one.Rounds + other.Rounds,
            ServerKills = one.ServerKills + other.ServerKills,
            ServerRestarts = one.ServerRestarts + other.ServerRestarts,
            PostgresKills = one.PostgresKills + other.PostgresKills,
            PostgresStops = one.PostgresStops + other.PostgresStops,
            PostgresResets = one.PostgresResets + other.PostgresResets,
            CommitsCut = one.CommitsCut + other.CommitsCut,
            RedisFaults = one.RedisFaults + other.RedisFaults,
            SendsCut = one.SendsCut + other.SendsCut,
            Drops = one.Drops + other.Drops,
            Events = one.Events + other.Events,
            AckedMessages = one.AckedMessages + other.AckedMessages,
            AckedChanges = one.AckedChanges + other.AckedChanges,
            UnknownOutcomes = one.UnknownOutcomes + other.UnknownOutcomes,
            PassingRefusals = one.PassingRefusals + other.PassingRefusals,
            RepeatedAfterLostAck = one.RepeatedAfterLostAck + other.RepeatedAfterLostAck,
            Violations = one.Violations + other.Violations,
            Lost = one.Lost + other.Lost,
            Duplicated = one.Duplicated + other.Duplicated,
            OutOfOrder = one.OutOfOrder + other.OutOfOrder,
        };

    public override string ToString() =>
        $"{ServerKills} kills, {ServerRestarts} restarts, {PostgresKills} PostgreSQL kills, {PostgresStops} stops, {PostgresResets} resets, "
        + $"{CommitsCut} commits and {SendsCut} sends cut, {RedisFaults} faults of Redis, {Drops} drops; "
        + $"{AckedMessages} messages and {AckedChanges} changes acked, {Events} events, {UnknownOutcomes} unknown outcomes, "
        + $"{PassingRefusals} of them refusals, "
        + $"{RepeatedAfterLostAck} repeated after a lost ack; {Violations} violations";

    private static IEnumerable<(string Key, Outcome? Outcome)> Sends(ClientHistory client)
    {
        var outcomes = client.Entries.OfType<Outcome>().ToDictionary(outcome => outcome.Call);
        return client.Entries.OfType<SendBegun>().Select(begun => (begun.Key, outcomes.GetValueOrDefault(begun.Call)));
    }
}
