using BmadServer.Load.Modes;
using BmadServer.Load.Reporting;

namespace BmadServer.Load.UnitTests.Reporting;

public sealed class GoalsTests
{
    [Test]
    public void Acks_are_set_against_the_group_commit_floor_round_by_round()
    {
        var goal = Read(
            Given.Result(
                Given.Measurement(StandardSet.Spread, "floor group", 1, acksPerSecond: 10_000),
                Given.Measurement(StandardSet.Spread, Given.Postgres, 1, acksPerSecond: 6000),
                Given.Measurement(StandardSet.Spread, Given.Postgres, 2, acksPerSecond: 2500),
                Given.Measurement(StandardSet.Spread, "floor group", 2, acksPerSecond: 5000),
                Given.Measurement(StandardSet.Spread, Given.Postgres, 3, acksPerSecond: 6000),
                Given.Measurement(StandardSet.Spread, "floor group", 3, acksPerSecond: 10_000)
            )
        );

        goal.Value.ShouldBe(0.6, 1e-9);
        goal.LimitText.ShouldBe("≥ 0.55");
        goal.IsMet.ShouldBeTrue();
    }

    [Test]
    public void Deliveries_in_rooms_are_set_against_the_messages_of_the_echo()
    {
        var goal = Read(
            Given.Result(
                Given.Measurement(StandardSet.Rooms, "floor echo", acksPerSecond: 50_000),
                Given.Measurement(StandardSet.Rooms, Given.Postgres, acksPerSecond: 4000, deliveriesPerSecond: 40_000)
            )
        );

        goal.Value.ShouldBe(0.8, 1e-9);
        goal.IsMet.ShouldBeFalse();
    }

    [Test]
    public void Allocations_are_those_of_the_rounds_in_which_the_counter_moved()
    {
        var goals = Goals.Read(
            Given.Result(
                Given.Measurement(StandardSet.Alone, Given.Postgres, 1, allocated: 11 * 1024),
                Given.Measurement(StandardSet.Alone, Given.Postgres, 2, allocated: null),
                Given.Measurement(StandardSet.Alone, Given.Postgres, 3, allocated: 13 * 1024),
                Given.Measurement(StandardSet.Spread, Given.Postgres, 1, allocated: 5 * 1024)
            )
        );

        var goal = goals.ShouldHaveSingleItem();
        goal.Value.ShouldBe(12, 1e-9);
        goal.Remark.ShouldBe("one after the other; 5.00 KB with 50 connections in 50 workflows, depth 1");
    }

    [Test]
    public void Allocations_that_were_never_counted_are_left_out() =>
        Goals.Read(Given.Result(Given.Measurement(StandardSet.Alone, Given.Postgres, allocated: null))).ShouldBeEmpty();

    [Test]
    public void What_was_shortened_is_said()
    {
        var open = StandardSet.OpenLoop(default, default);
        var measured = Given.Measurement(StandardSet.Alone, Given.Postgres) with
        {
            Case = open.ToString(),
            Seconds = 60,
            ReceivedByAll = Given.Latencies(5),
        };

        var goals = Goals.Read(
            new RunResult { Measurements = [measured], Churn = [new ChurnMeasurement(Given.Postgres, 60, 5000, 200 << 20, 205 << 20)] }
        );

        goals.Count.ShouldBe(4);
        goals.Take(3).ShouldAllBe(goal => goal.Remark == "60 s instead of ten minutes");
        goals[3].Remark.ShouldBe("60 s instead of an hour; 5,000 times");
        goals[3].IsMet.ShouldBeTrue();
    }

    [Test]
    public void What_was_not_measured_has_no_goal() => Goals.Read(new RunResult()).ShouldBeEmpty();

    private static Goal Read(RunResult result) => Goals.Read(result).ShouldHaveSingleItem();
}
