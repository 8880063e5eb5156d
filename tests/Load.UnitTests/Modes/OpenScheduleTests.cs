using BmadServer.Load.Modes;

namespace BmadServer.Load.UnitTests.Modes;

public sealed class OpenScheduleTests
{
    private readonly OpenSchedule _schedule = new(rate: 200, workflows: 20, members: 50);

    [Test]
    public void Messages_are_due_at_even_distances()
    {
        _schedule.DueAt(0).ShouldBe(TimeSpan.Zero);
        _schedule.DueAt(1).ShouldBe(TimeSpan.FromMilliseconds(5));
        _schedule.DueAt(120_000).ShouldBe(TimeSpan.FromMinutes(10));
    }

    [Test]
    public void So_many_are_due_in_a_time_as_the_rate_says()
    {
        _schedule.CountUntil(TimeSpan.Zero).ShouldBe(0);
        _schedule.CountUntil(TimeSpan.FromMilliseconds(5)).ShouldBe(1);
        _schedule.CountUntil(TimeSpan.FromMinutes(1)).ShouldBe(12_000);
    }

    [Test]
    public void Everybody_sends_equally_often()
    {
        var sends = Enumerable.Range(0, 4000).Select(message => _schedule.SenderOf(message)).CountBy(sender => sender).ToArray();

        sends.Length.ShouldBe(1000);
        sends.ShouldAllBe(sender => sender.Value == 4);
    }

    [Test]
    public void A_message_is_for_all_members_of_its_senders_workflow_and_for_nobody_else()
    {
        var workflow = _schedule.SenderOf(4321) / 50;

        var members = Enumerable.Range(0, 1000).Where(place => _schedule.MemberAt(place, 4321) is not null).ToArray();

        members.ShouldBe(Enumerable.Range(workflow * 50, 50));
        members.Select(place => _schedule.MemberAt(place, 4321)).ShouldBe(Enumerable.Range(0, 50).Select(member => (int?)member));
    }

    [Test]
    public void Workflows_take_turns() =>
        Enumerable.Range(0, 20).Select(message => _schedule.SenderOf(message) / 50).ShouldBe(Enumerable.Range(0, 20));
}
