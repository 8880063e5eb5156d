using BmadServer.Application.Administration;
using BmadServer.Domain.Sessions;

namespace BmadServer.Application.UnitTests.Administration;

public sealed class EndAnySessionTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_ShouldEndAnybodysSessionAndCloseItsConnection()
    {
        var session = _world.Has(Given.Session(_world.Olga));

        var ended = await _world.SendAsync(new EndAnySession(session.Id.Value));

        (ended.Count, session.EndReason).ShouldBe((1, SessionEndReason.Revoked));
        _world.Connections.Verify(port => port.CloseAsync(session.Id, SessionEndReason.Revoked));
    }

    [Test]
    public async Task Handle_WhenItHasEnded_ShouldKeepTheFirstReasonAndCountNone()
    {
        var session = _world.Has(Given.Session(_world.Olga));
        session.End(SessionEndReason.Expired, _world.Now);

        var ended = await _world.SendAsync(new EndAnySession(session.Id.Value));

        (ended.Count, session.EndReason).ShouldBe((0, SessionEndReason.Expired));
    }

    [Test]
    public async Task Handle_WhenThereIsNone_ShouldRefuse() =>
        await _world.SendAsync(new EndAnySession(Guid.CreateVersion7())).ShouldBeRefusedWithAsync("session.not_found");
}
