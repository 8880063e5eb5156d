using BmadServer.Domain.Common;

namespace BmadServer.Domain.UnitTests.Common;

public sealed class EntityTests
{
    [Test]
    public void TakePendingEvents_WhenSomethingHappened_ShouldGiveItOldestFirst()
    {
        var door = new Door();
        door.Open();
        door.Close();

        door.TakePendingEvents().ShouldBe([new Opened(), new Closed()]);
    }

    [Test]
    public void TakePendingEvents_WhenCalledAgain_ShouldGiveOnlyWhatHappenedSince()
    {
        var door = new Door();
        door.Open();
        door.TakePendingEvents();
        door.Close();

        door.TakePendingEvents().ShouldBe([new Closed()]);
    }

    [Test]
    public void TakePendingEvents_ShouldLeaveTheTakenOnesAsTheyAre()
    {
        var door = new Door();
        door.Open();
        var taken = door.TakePendingEvents();

        door.Close();

        taken.ShouldBe([new Opened()]);
    }

    [Test]
    public void PendingEvents_WhenRead_ShouldStayPending()
    {
        var door = new Door();
        door.Open();

        _ = door.PendingEvents;

        door.PendingEvents.ShouldBe([new Opened()]);
    }

    private sealed class Door : Entity
    {
        public void Open() => Raise(new Opened());

        public void Close() => Raise(new Closed());
    }

    private sealed record Opened : IDomainEvent;

    private sealed record Closed : IDomainEvent;
}
