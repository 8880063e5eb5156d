using BmadServer.Application.Sessions;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using Moq;

namespace BmadServer.Application.UnitTests.Sessions;

public sealed class IsSessionStandingTests
{
    private readonly World _world = new();
    private readonly TokenFamily _family;
    private readonly Session _session;

    public IsSessionStandingTests()
    {
        _family = TokenFamily.Start(_world.Me.Id, _world.Now);
        _world
            .Families.Setup(port => port.FindAsync(_world.MyFamily!.Value, It.IsAny<CancellationToken>()))
            .ReturnsAsync(_family);
        _session = _world.IsConnected();
    }

    [Test]
    public async Task Handle_WhenNothingHasEnded_ShouldSayYes() =>
        (await _world.SendAsync(new IsSessionStanding(_session.Id))).ShouldBeTrue();

    [Test]
    public async Task Handle_WhenTheSignInWasRevoked_ShouldSayNo()
    {
        _family.Revoke(_world.Now);

        (await _world.SendAsync(new IsSessionStanding(_session.Id))).ShouldBeFalse();
    }

    [Test]
    public async Task Handle_WhenTheSessionWasEnded_ShouldSayNo()
    {
        _session.End(SessionEndReason.Revoked, _world.Now);

        (await _world.SendAsync(new IsSessionStanding(_session.Id))).ShouldBeFalse();
    }
}
