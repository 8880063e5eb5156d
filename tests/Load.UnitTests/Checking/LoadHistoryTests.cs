using System.Globalization;
using System.Text.Json;
using BmadServer.Load.Checking;
using BmadServer.Load.Clients;
using BmadServer.Testing.History;

namespace BmadServer.Load.UnitTests.Checking;

/// <summary>Two connections that send in turn, three times each, and what the server made of it.</summary>
public sealed class LoadHistoryTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Workflow = Guid.CreateVersion7();
    private static readonly Guid[] Users = [Guid.CreateVersion7(), Guid.CreateVersion7()];

    private readonly List<EventRecord> _log = [.. Enumerable.Range(0, 6).Select(Post)];
    private readonly List<Ack> _acks;

    public LoadHistoryTests() => _acks = [.. _log.Select(AckOf)];

    [Test]
    public void What_was_acknowledged_and_is_in_the_log_is_right() => Kinds().ShouldBeEmpty();

    [Test]
    public void An_acknowledged_message_that_the_log_lacks_is_found()
    {
        _log.RemoveAt(5);

        Kinds().ShouldBe([ViolationKind.AckedMissing]);
    }

    [Test]
    public void A_gap_is_found()
    {
        _log.RemoveAt(2);

        Kinds().ShouldContain(ViolationKind.LogGap);
    }

    [Test]
    public void A_sequence_that_two_acks_have_is_found()
    {
        _acks[3] = _acks[3] with { Sequence = 3 };

        Kinds().ShouldContain(ViolationKind.AckUntrue);
    }

    [Test]
    public void An_ack_of_somebody_elses_message_is_found()
    {
        _acks[3] = AckOf(_log[2]);

        Kinds().ShouldContain(ViolationKind.AckUntrue);
    }

    [Test]
    public void A_message_that_is_stored_twice_is_found()
    {
        _log.Add(_log[4] with { Sequence = 7, MessageId = Guid.CreateVersion7() });

        Kinds().ShouldContain(ViolationKind.StoredTwice);
    }

    [Test]
    public void A_message_without_a_key_that_nobody_sent_is_found()
    {
        _log.Add(_log[4] with { Sequence = 7, MessageId = Guid.CreateVersion7(), ClientMessageId = null });

        Kinds().ShouldBe([ViolationKind.NeverSent]);
    }

    [Test]
    public void Sequences_of_a_connection_that_do_not_rise_are_found()
    {
        // The first and the third message, both of the first connection, have changed places: in acks and log alike.
        (_log[0], _log[2]) = (_log[2] with { Sequence = 1, At = _log[0].At }, _log[0] with { Sequence = 3, At = _log[2].At });
        (_acks[0], _acks[2]) = (AckOf(_log[2]), AckOf(_log[0]));

        Kinds().ShouldContain(ViolationKind.AckOrder);
    }

    [Test]
    public void A_message_that_stands_before_one_that_was_acknowledged_before_it_was_sent_is_found()
    {
        (_log[2], _log[3]) = (_log[3] with { Sequence = 3, At = _log[2].At }, _log[2] with { Sequence = 4, At = _log[3].At });
        (_acks[2], _acks[3]) = (AckOf(_log[3]), AckOf(_log[2]));

        Kinds().ShouldBe([ViolationKind.RealTimeOrder]);
    }

    [Test]
    public void Acks_that_overtake_each_other_are_found()
    {
        var connection = Connection(0, Acks(0).Reverse());

        LoadHistory
            .Check([connection, Connection(1, Acks(1))], Truth())
            .Count(violation => violation.Kind == ViolationKind.AckOrder)
            .ShouldBe(2);
    }

    [Test]
    public void An_answer_without_an_ack_is_no_ack()
    {
        var acks = new RememberedAcks();
        acks.Add(0, sentAt: 1, at: 2, """{"type":3,"invocationId":"0","result":null}"""u8);

        Should.Throw<JsonException>(() => LoadHistory.Check([new ConnectionRecord(0, Users[0], Workflow, Frame(0), acks)], Truth()));
    }

    private IEnumerable<ViolationKind> Kinds() =>
        LoadHistory.Check([Connection(0, Acks(0)), Connection(1, Acks(1))], Truth()).Select(violation => violation.Kind).Distinct();

    private WorkflowTruth Truth() => new(Workflow, _log, Conversation.Replay(Workflow, _log));

    private IEnumerable<(int Message, Ack Ack)> Acks(int connection) => _acks.Index().Where(ack => ack.Index % 2 == connection);

    private static ConnectionRecord Connection(int index, IEnumerable<(int Message, Ack Ack)> acks)
    {
        var remembered = new RememberedAcks();
        foreach (var (message, ack) in acks)
        {
            var answer = JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    type = 3,
                    invocationId = "0",
                    result = ack,
                },
                JsonSerializerOptions.Web
            );
            remembered.Add(message / 2, sentAt: 10 * message, at: 10 * message + 5, answer);
        }

        return new ConnectionRecord(index, Users[index], Workflow, Frame(index), remembered);
    }

    private static CallFrame Frame(int connection)
    {
        var (content, key) = ($"load {CallFrame.Digits}", $"{connection}-{CallFrame.Digits}");
        var message = $$"""{"content":"{{content}}","workflowId":"{{Workflow}}","clientMessageId":"{{key}}"}""";
        return CallFrame.Create(call: null, "SendMessage", message);
    }

    private static EventRecord Post(int message)
    {
        var number = (message / 2).ToString("D12", CultureInfo.InvariantCulture);
        var connection = message % 2;
        var author = new Actor(Users[connection], "user", "");
        return new EventRecord(EventRecord.MessagePosted, Workflow, message + 1, Noon.AddSeconds(message), author)
        {
            MessageId = Guid.CreateVersion7(),
            Content = $"load {number}",
            ClientMessageId = $"{connection}-{number}",
        };
    }

    private static Ack AckOf(EventRecord posted) =>
        new(Workflow, posted.MessageId!.Value, posted.Sequence, posted.ClientMessageId, Noon, posted.At, Duplicate: false);
}
