using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.History;

[TestFixture]
internal sealed class HistoryCheckerTests
{
    private const int Seeds = 12;

    private static readonly Guid Sarah = Guid.CreateVersion7();
    private static readonly Guid Workflow = Guid.CreateVersion7();
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private static IEnumerable<ViolationKind> Kinds => Enum.GetValues<ViolationKind>();

    [Test]
    public void A_healthy_history_passes([Range(1, Seeds)] int seed)
    {
        var healthy = new HealthyHistory(seed);

        HistoryChecker.Check(healthy.Clients, healthy.Truth).ShouldBeEmpty();
    }

    [TestCaseSource(nameof(Kinds))]
    public void A_broken_history_is_rejected_whatever_it_is_that_broke(ViolationKind kind)
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            new BrokenHistory(kind, seed).Check().Select(violation => violation.Kind).ShouldContain(kind, $"seed {seed}");
        }
    }

    [Test]
    public void An_ack_that_says_duplicate_is_true_after_an_attempt_of_unknown_outcome()
    {
        var posted = Posted(1, "key");

        Check(
                [posted],
                Queued("key"),
                new SendBegun(2, 1, 1, "key"),
                new OutcomeUnknown(3, 1, 1),
                new SendBegun(4, 2, 2, "key"),
                new Acked(5, 2, 2, AckOf(posted, duplicate: true))
            )
            .ShouldBeEmpty();
    }

    [Test]
    public void An_ack_that_says_duplicate_is_true_after_a_refusal_that_was_about_the_server()
    {
        var posted = Posted(1, "key");

        Check(
                [posted],
                Queued("key"),
                new SendBegun(2, 1, 1, "key"),
                new Refused(3, 1, 1, "server.error", IsPassing: true),
                new SendBegun(4, 1, 2, "key"),
                new Acked(5, 1, 2, AckOf(posted, duplicate: true))
            )
            .ShouldBeEmpty();
    }

    [Test]
    public void An_ack_that_says_duplicate_is_untrue_when_all_attempts_were_told_so()
    {
        var posted = Posted(1, "key");

        KindsOf(
                [posted],
                Queued("key"),
                new SendBegun(2, 1, 1, "key"),
                new SendBegun(3, 1, 2, "key"),
                new Acked(4, 1, 1, AckOf(posted, duplicate: true)),
                new Acked(5, 1, 2, AckOf(posted, duplicate: true))
            )
            .ShouldBe([ViolationKind.DuplicateWithoutFirst, ViolationKind.DuplicateWithoutFirst]);
    }

    [Test]
    public void An_ack_that_says_duplicate_before_the_only_other_attempt_began_is_untrue()
    {
        var posted = Posted(1, "key");

        KindsOf(
                [posted],
                Queued("key"),
                new SendBegun(2, 1, 1, "key"),
                new Acked(3, 1, 1, AckOf(posted, duplicate: true)),
                new SendBegun(4, 1, 2, "key"),
                new Acked(5, 1, 2, AckOf(posted, duplicate: false))
            )
            .ShouldBe([ViolationKind.DuplicateWithoutFirst]);
    }

    [Test]
    public void A_push_that_comes_again_on_the_next_connection_is_no_inversion()
    {
        var posted = Posted(1, "key");

        Check(
                [posted],
                Queued("key"),
                new SendBegun(2, 1, 1, "key"),
                new Acked(3, 1, 1, AckOf(posted, duplicate: false)),
                new Pushed(4, 1, posted),
                new Pushed(5, 2, posted)
            )
            .ShouldBeEmpty();
    }

    [Test]
    public void A_send_that_was_refused_for_good_and_is_not_stored_passes() =>
        Check([], Queued("key"), new SendBegun(2, 1, 1, "key"), new Refused(3, 1, 1, "workflow.closed", IsPassing: false))
            .ShouldBeEmpty();

    [Test]
    public void A_send_that_never_began_is_unresolved() => KindsOf([], Queued("key")).ShouldBe([ViolationKind.SendUnresolved]);

    [Test]
    public void The_last_event_of_a_log_is_missed_too()
    {
        var (first, last) = (Posted(1, "first"), Posted(2, "last"));

        KindsOf(
                [first],
                Queued("first"),
                Queued("last"),
                new SendBegun(2, 1, 1, "first"),
                new SendBegun(3, 1, 2, "last"),
                new Acked(4, 1, 1, AckOf(first, duplicate: false)),
                new Acked(5, 1, 2, AckOf(last, duplicate: false))
            )
            .ShouldBe([ViolationKind.AckedMissing]);
    }

    [Test]
    public void An_event_that_gave_its_sequence_to_another_one_was_pushed_before_its_commit()
    {
        var (stored, phantom) = (Posted(1, "stored"), Posted(1, "phantom"));

        KindsOf(
                [stored],
                Queued("stored"),
                new SendBegun(2, 1, 1, "stored"),
                new Pushed(3, 1, phantom),
                new Acked(4, 1, 1, AckOf(stored, duplicate: false))
            )
            .ShouldBe([ViolationKind.SeenButNotInLog]);
    }

    [Test]
    public void A_conversation_that_lacks_old_messages_is_compared_where_it_is_complete()
    {
        var log = Enumerable.Range(1, 60).Select(sequence => Posted(sequence, $"key {sequence}")).ToList();
        var all = Conversation.Replay(Workflow, log);
        var newest = Conversation.Of(
            new Snapshot(Record(60), [], 60, [.. all.Messages.Reverse().Take(50)], HasMoreMessages: true)
        );

        newest.DifferencesTo(all).ShouldBeEmpty();
        Conversation.Replay(Workflow, log.Skip(10)).DifferencesTo(all).Count().ShouldBe(10);
    }

    private static WorkflowRecord Record(long lastSequence) => new(Workflow, "title", "active", lastSequence, []);

    private static SendQueued Queued(string key) => new(1, Workflow, key, $"text of {key}", null);

    private static EventRecord Posted(long sequence, string key) =>
        new(EventRecord.MessagePosted, Workflow, sequence, Noon.AddSeconds(sequence), new Actor(Sarah, "user", "Sarah"))
        {
            MessageId = Guid.CreateVersion7(),
            Content = $"text of {key}",
            ClientMessageId = key,
        };

    private static Ack AckOf(EventRecord posted, bool duplicate) =>
        new(Workflow, posted.MessageId!.Value, posted.Sequence, posted.ClientMessageId, Noon, posted.At, duplicate);

    private static IReadOnlyList<Violation> Check(IReadOnlyList<EventRecord> log, params Entry[] entries)
    {
        var fresh = Conversation.Load(Record(log.Count), Conversation.Replay(Workflow, log).Messages, log.Count);
        return HistoryChecker.Check([new ClientHistory("laptop", Sarah, entries, [])], [new WorkflowTruth(Workflow, log, fresh)]);
    }

    private static IEnumerable<ViolationKind> KindsOf(IReadOnlyList<EventRecord> log, params Entry[] entries) =>
        Check(log, entries).Select(violation => violation.Kind);
}
