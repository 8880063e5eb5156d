using BmadServer.Application.Sessions;

namespace BmadServer.Application.UnitTests.Sessions;

public sealed class DropConnectionTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_ShouldNoteTheDropOfThisConnectionOnly()
    {
        var session = _world.IsConnected();

        await _world.SendAsync(new DropConnection(session.Id, "connection-1"));

        _world.Sessions.Verify(port =>
            port.MarkDisconnectedAsync(session.Id, "connection-1", _world.Now, It.IsAny<CancellationToken>())
        );
        session.HasEnded.ShouldBeFalse();
    }
}
