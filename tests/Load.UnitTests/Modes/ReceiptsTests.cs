using BmadServer.Load.Modes;

namespace BmadServer.Load.UnitTests.Modes;

public sealed class ReceiptsTests
{
    private const int Members = 70;
    private readonly Receipts _receipts = new(messages: 3, Members);

    [Test]
    public void The_last_member_completes_a_message()
    {
        for (var member = 0; member < Members - 1; member++)
        {
            _receipts.Add(1, member).ShouldBeFalse();
        }

        _receipts.Open.ShouldBe(3);
        _receipts.Add(1, Members - 1).ShouldBeTrue();
        _receipts.Open.ShouldBe(2);
        _receipts.Repeats.ShouldBe(0);
    }

    [TestCase(0, 1)]
    [TestCase(3, 67)]
    [TestCase(69, 5)]
    public void One_who_received_it_twice_does_not_stand_for_one_who_did_not(int twice, int never)
    {
        foreach (var member in Enumerable.Range(0, Members).Where(member => member != never).Append(twice))
        {
            _receipts.Add(2, member).ShouldBeFalse();
        }

        _receipts.Open.ShouldBe(3);
        _receipts.Repeats.ShouldBe(1);
    }

    [Test]
    public void A_repeat_after_all_have_it_is_counted_and_completes_nothing_again()
    {
        for (var member = 0; member < Members; member++)
        {
            _receipts.Add(0, member);
        }

        _receipts.Add(0, 4).ShouldBeFalse();

        _receipts.Open.ShouldBe(2);
        _receipts.Repeats.ShouldBe(1);
    }

    [Test]
    public void Many_threads_may_tell_it()
    {
        var completed = 0;

        Parallel.For(
            0,
            3 * Members,
            i =>
            {
                if (_receipts.Add(i % 3, i / 3))
                {
                    Interlocked.Increment(ref completed);
                }
            }
        );

        completed.ShouldBe(3);
        _receipts.Open.ShouldBe(0);
    }
}
