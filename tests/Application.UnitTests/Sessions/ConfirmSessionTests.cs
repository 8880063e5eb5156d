using BmadServer.Application.Sessions;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using Moq;

namespace BmadServer.Application.UnitTests.Sessions;

public sealed class ConfirmSessionTests
{
    private readonly World _world = new();
    private readonly TokenFamily _family;
    private readonly Session _session;

    public ConfirmSessionTests()
    {
        _session = _world.IsConnected();
        _family = TokenFamily.Start(_world.Me.Id, _world.Now);
        _world
            .Families.Setup(port => port.FindAsync(_session.FamilyId, It.IsAny<CancellationToken>()))
            .ReturnsAsync(_family);
    }

    [Test]
    public async Task Handle_WhenNothingHasEnded_ShouldLetTheConnectionStay() =>
        (await ConfirmAsync(_session.ConnectionId!)).EndReason.ShouldBeNull();

    [Test]
    public async Task Handle_WhenTheSignInWasRevoked_ShouldSaySo()
    {
        _family.Revoke(_world.Now);

        (await ConfirmAsync(_session.ConnectionId!)).EndReason.ShouldBe(SessionEndReason.Revoked);
    }

    [Test]
    public async Task Handle_WhenTheSessionWasEnded_ShouldSayWhy()
    {
        var connection = _session.ConnectionId!;
        _session.End(SessionEndReason.LoggedOut, _world.Now);

        (await ConfirmAsync(connection)).EndReason.ShouldBe(SessionEndReason.LoggedOut);
    }

    [Test]
    public async Task Handle_WhenAnotherConnectionHasTheSession_ShouldSayReplaced() =>
        (await ConfirmAsync("an older connection")).EndReason.ShouldBe(SessionEndReason.Replaced);

    private Task<ConfirmedSession> ConfirmAsync(string connection) =>
        _world.SendAsync(new ConfirmSession(_session.Id, connection));
}
