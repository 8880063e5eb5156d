using BmadServer.Application.Sessions;
using BmadServer.Domain.Sessions;

namespace BmadServer.Application.UnitTests.Sessions;

public sealed class SweepSessionsTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_ShouldSayThatTheNodeIsAlive()
    {
        await _world.SendAsync(new SweepSessions());

        _world.Nodes.Verify(port => port.BeatAsync(_world.Node.Id, _world.Now, It.IsAny<CancellationToken>()));
    }

    [Test]
    public async Task Handle_ShouldReleaseWhatNodesSilentFor20SecondsHeld()
    {
        await _world.SendAsync(new SweepSessions());

        _world.Nodes.Verify(port => port.ReleaseSilentAsync(_world.Now.AddSeconds(-20), It.IsAny<CancellationToken>()));
    }

    [Test]
    public async Task Handle_WhenTheProcessIsHaltedForAMinute_ShouldNotTakeItselfForDead()
    {
        var began = _world.Now;
        _world
            .Nodes.Setup(port => port.BeatAsync(It.IsAny<NodeId>(), It.IsAny<DateTimeOffset>(), It.IsAny<CancellationToken>()))
            .Callback(() => _world.Time.Advance(TimeSpan.FromMinutes(1)))
            .Returns(Task.CompletedTask);

        await _world.SendAsync(new SweepSessions());

        _world.Nodes.Verify(port => port.ReleaseSilentAsync(began.AddSeconds(-20), It.IsAny<CancellationToken>()));
    }

    [Test]
    public async Task Handle_ShouldEndIdleSessionsAndTellTheirConnectionsWhy()
    {
        var idle = Given.Session(_world.Me);
        HasIdle([idle]);

        (await _world.SendAsync(new SweepSessions())).ShouldBe(1);

        idle.EndReason.ShouldBe(SessionEndReason.Expired);
        _world.Connections.Verify(port => port.CloseAsync(idle.Id, SessionEndReason.Expired));
    }

    [Test]
    public async Task Handle_ShouldCountAsIdleWhatIsOlderThanTheLimitAndTheTouchInterval()
    {
        await _world.SendAsync(new SweepSessions());

        _world.Sessions.Verify(port => port.ListIdleAsync(_world.Now.AddMinutes(-31), It.IsAny<int>(), It.IsAny<CancellationToken>()));
    }

    [Test]
    public async Task Handle_WhenOneBatchIsNotEnough_ShouldGoOnUntilNoneIsLeft()
    {
        HasIdle(Many(200), Many(200), Many(1));

        (await _world.SendAsync(new SweepSessions())).ShouldBe(401);
    }

    [Test]
    public async Task Handle_WhenASessionWasUsedAtTheSameTime_ShouldReadAnewAndLeaveItAlone()
    {
        HasIdle([Given.Session(_world.Me)], []);
        _world.UnitOfWork.Succeeds();
        _world.UnitOfWork.LosesRaces(times: 1);

        (await _world.SendAsync(new SweepSessions())).ShouldBe(0);

        _world.Connections.Verify(port => port.CloseAsync(It.IsAny<SessionId>(), It.IsAny<SessionEndReason>()), Times.Never);
    }

    private Session[] Many(int count) => [.. Enumerable.Range(0, count).Select(_ => Given.Session(_world.Me))];

    private void HasIdle(params Session[][] batches)
    {
        var remaining = new Queue<Session[]>(batches);
        _world
            .Sessions.Setup(port => port.ListIdleAsync(It.IsAny<DateTimeOffset>(), 200, It.IsAny<CancellationToken>()))
            .ReturnsAsync(remaining.Dequeue);
    }
}
