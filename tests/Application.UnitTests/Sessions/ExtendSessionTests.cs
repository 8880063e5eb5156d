using BmadServer.Application.Sessions;
using BmadServer.Domain.Sessions;

namespace BmadServer.Application.UnitTests.Sessions;

public sealed class ExtendSessionTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_ShouldStartTheIdleLimitAnew()
    {
        var session = _world.IsConnected();
        _world.Time.Advance(TimeSpan.FromMinutes(20));

        await _world.SendAsync(new ExtendSession(session.Id.Value));

        session.LastActivityAt.ShouldBe(_world.Now);
    }

    [Test]
    public async Task Handle_WhenSomebodyElses_ShouldNotLearnThatItExists()
    {
        var theirs = _world.Has(Given.Session(_world.Olga));

        await _world.SendAsync(new ExtendSession(theirs.Id.Value)).ShouldBeRefusedWithAsync("session.not_found");
    }

    [Test]
    public async Task Handle_WhenEnded_ShouldSaySo()
    {
        var session = _world.IsConnected();
        session.End(SessionEndReason.Expired, _world.Now);

        await _world.SendAsync(new ExtendSession(session.Id.Value)).ShouldBeRefusedWithAsync("session.ended");
    }

    [Test]
    public async Task Handle_WhenTheVersionIsAnother_ShouldRefuse()
    {
        var session = _world.IsConnected();

        await _world.SendAsync(new ExtendSession(session.Id.Value, ExpectedVersion: 7)).ShouldBeRefusedWithAsync("session.conflict");
    }

    [Test]
    public async Task Handle_WhenTheRaceForAVersionIsLost_ShouldSayThatItWasChanged()
    {
        var session = _world.IsConnected();
        _world.UnitOfWork.LosesRaces(times: 1);

        await _world
            .SendAsync(new ExtendSession(session.Id.Value, session.Version))
            .ShouldBeRefusedWithAsync("session.conflict");
    }

    [Test]
    public async Task Handle_WhenARaceForNoVersionIsLost_ShouldTryAnew()
    {
        var session = _world.IsConnected();
        _world.UnitOfWork.LosesRaces(times: 1);

        await Should.NotThrowAsync(() => _world.SendAsync(new ExtendSession(session.Id.Value)));
    }
}
