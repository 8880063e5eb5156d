using BmadServer.Application.Sessions;

namespace BmadServer.Application.UnitTests.Sessions;

public sealed class DropConnectionTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_ShouldNoteTheDropOfThisConnectionOnly()
    {
        var session = _world.IsConnected();

        await _world.SendAsync(new DropConnection(session.Id, "connection-1", _world.Now));

        _world.Sessions.Verify(port =>
            port.MarkDisconnectedAsync(session.Id, "connection-1", _world.Now, It.IsAny<CancellationToken>())
        );
        session.HasEnded.ShouldBeFalse();
    }

    [Test]
    public async Task Handle_WhenTheDatabaseIsAway_ShouldHaveTheNextSweepStoreTheDropAsOfThen()
    {
        var (session, droppedAt) = (_world.IsConnected(), _world.Now);
        _world.UnitOfWork.Fails(new InvalidOperationException("away"));
        await Should.ThrowAsync<InvalidOperationException>(() =>
            _world.SendAsync(new DropConnection(session.Id, "connection-1", droppedAt))
        );
        _world.Sessions.Invocations.Clear();
        _world.Time.Advance(TimeSpan.FromMinutes(2));

        await _world.SendAsync(new SweepSessions());

        _world.Sessions.Verify(port =>
            port.MarkDisconnectedAsync(session.Id, "connection-1", droppedAt, It.IsAny<CancellationToken>())
        );
    }

    [Test]
    public async Task Handle_WhenTheSweepFailsToo_ShouldHaveTheOneAfterItStoreTheDrop()
    {
        var session = _world.IsConnected();
        _world.UnitOfWork.Fails(new InvalidOperationException("away"));
        await Should.ThrowAsync<InvalidOperationException>(() =>
            _world.SendAsync(new DropConnection(session.Id, "connection-1", _world.Now))
        );
        _world.UnitOfWork.Fails(new InvalidOperationException("still away"));
        await Should.ThrowAsync<InvalidOperationException>(() => _world.SendAsync(new SweepSessions()));
        _world.Sessions.Invocations.Clear();

        await _world.SendAsync(new SweepSessions());

        _world.Sessions.Verify(port =>
            port.MarkDisconnectedAsync(session.Id, "connection-1", _world.Now, It.IsAny<CancellationToken>())
        );
    }
}
