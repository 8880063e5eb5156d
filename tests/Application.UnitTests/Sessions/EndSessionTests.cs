using BmadServer.Application.Sessions;
using BmadServer.Domain.Sessions;

namespace BmadServer.Application.UnitTests.Sessions;

public sealed class EndSessionTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_ShouldEndTheSessionAndCloseItsConnection()
    {
        var session = _world.IsConnected();

        await _world.SendAsync(new EndSession(session.Id.Value));

        session.EndReason.ShouldBe(SessionEndReason.Revoked);
        _world.Connections.Verify(port => port.CloseAsync(session.Id, SessionEndReason.Revoked));
    }

    [Test]
    public async Task Handle_WhenSomebodyElses_ShouldNotLearnThatItExistsNorCloseIt()
    {
        var theirs = _world.Has(Given.Session(_world.Olga));

        await _world.SendAsync(new EndSession(theirs.Id.Value)).ShouldBeRefusedWithAsync("session.not_found");

        theirs.HasEnded.ShouldBeFalse();
        _world.Connections.Verify(port => port.CloseAsync(It.IsAny<SessionId>(), It.IsAny<SessionEndReason>()), Times.Never);
    }

    [Test]
    public async Task Handle_WhenEndedBefore_ShouldKeepTheFirstReason()
    {
        var session = _world.IsConnected();
        session.End(SessionEndReason.Expired, _world.Now);

        await _world.SendAsync(new EndSession(session.Id.Value));

        session.EndReason.ShouldBe(SessionEndReason.Expired);
    }

    [Test]
    public async Task Handle_WhenAnyVersionWillDo_ShouldTryAgainAfterALostRace()
    {
        var session = _world.IsConnected();
        _world.UnitOfWork.LosesRaces(times: 1);

        await _world.SendAsync(new EndSession(session.Id.Value));

        _world.UnitOfWork.Commits.ShouldBe(1);
    }

    [Test]
    public async Task Handle_WhenOneVersionIsMeant_ShouldRefuseAfterALostRace()
    {
        var session = _world.IsConnected();
        _world.UnitOfWork.LosesRaces(times: 1);

        await _world
            .SendAsync(new EndSession(session.Id.Value, ExpectedVersion: 1))
            .ShouldBeRefusedWithAsync("session.conflict");
    }

    [Test]
    public async Task Handle_WhenTheVersionIsAnother_ShouldLeaveItOpen()
    {
        var session = _world.IsConnected();

        await _world
            .SendAsync(new EndSession(session.Id.Value, ExpectedVersion: 7))
            .ShouldBeRefusedWithAsync("session.conflict");

        session.HasEnded.ShouldBeFalse();
    }
}
