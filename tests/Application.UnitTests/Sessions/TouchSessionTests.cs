using BmadServer.Application.Sessions;

namespace BmadServer.Application.UnitTests.Sessions;

public sealed class TouchSessionTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_ShouldNoteTheActivityWithoutANewVersion()
    {
        var session = _world.IsConnected();

        await _world.SendAsync(new TouchSession(session.Id));

        _world.Sessions.Verify(port => port.TouchAsync(session.Id, _world.Now, It.IsAny<CancellationToken>()));
        session.Version.ShouldBe(1);
    }
}
