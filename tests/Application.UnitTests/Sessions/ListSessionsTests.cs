using BmadServer.Application.Sessions;
using BmadServer.Domain.Sessions;

namespace BmadServer.Application.UnitTests.Sessions;

public sealed class ListSessionsTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_ShouldShowTheCallersOpenSessionsInTheOrderOfTheStore()
    {
        Session[] mine = [Given.Session(_world.Me), Given.Session(_world.Me)];
        _world.Sessions.Setup(port => port.ListOpenAsync(_world.Me.Id, It.IsAny<CancellationToken>())).ReturnsAsync(mine);

        var list = await _world.SendAsync(new ListSessions());

        list.Sessions.Select(session => session.Id).ShouldBe(mine.Select(session => session.Id.Value));
    }
}
