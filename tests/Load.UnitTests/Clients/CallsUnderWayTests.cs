using BmadServer.Load.Clients;

namespace BmadServer.Load.UnitTests.Clients;

public sealed class CallsUnderWayTests
{
    private readonly CallsUnderWay _calls = new();

    [Test]
    public void A_call_waits_from_its_beginning_until_its_answer_is_dealt_with()
    {
        var first = _calls.Begin(now: 10);
        var second = _calls.Begin(now: 20);

        _calls.MadeAt(second).ShouldBe(20);
        _calls.Count.ShouldBe(2);
        _calls.End(second);

        _calls.MadeAt(first).ShouldBe(10);
        _calls.Count.ShouldBe(1);
    }

    [Test]
    public void A_second_answer_is_not_taken_for_that_of_the_next_call()
    {
        var answered = _calls.Begin(now: 10);
        _calls.Begin(now: 20);
        _calls.End(answered);

        _calls.MadeAt(answered).ShouldBeNull();
    }

    [TestCase(-1)]
    [TestCase(1)]
    public void An_answer_to_no_call_is_known(int number)
    {
        _calls.Begin(now: 10);

        _calls.MadeAt(number).ShouldBeNull();
    }
}
