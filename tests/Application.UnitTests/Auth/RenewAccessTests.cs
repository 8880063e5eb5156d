using BmadServer.Application.Auth;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using Moq;

namespace BmadServer.Application.UnitTests.Auth;

public sealed class RenewAccessTests
{
    private readonly World _world = new();
    private readonly Session _session;
    private readonly TokenFamily _family;

    public RenewAccessTests()
    {
        _session = _world.IsConnected();
        _family = TokenFamily.Start(_world.Me.Id, _world.Now);
        _world.Families.Setup(port => port.FindAsync(_family.Id, It.IsAny<CancellationToken>())).ReturnsAsync(_family);
        HasToken(_world.Me.Id);
    }

    private DateTimeOffset ExpiresAt => _world.Now + TimeSpan.FromMinutes(15);

    [Test]
    public async Task Handle_ShouldRenewTheConnectionAndSayUntilWhen()
    {
        (await RenewAsync()).ExpiresAt.ShouldBe(ExpiresAt);

        _world.Connections.Verify(port => port.RenewAccess(_session.Id, _session.ConnectionId!, _family.Id, ExpiresAt));
    }

    [Test]
    public async Task Handle_ShouldMoveTheSessionToTheTokensSignIn()
    {
        await RenewAsync();

        _session.FamilyId.ShouldBe(_family.Id);
    }

    [Test]
    public Task Handle_WhenTheTokenIsNone_ShouldRefuse() => ShouldBeRefusedAsync(() => HasNoToken());

    [Test]
    public Task Handle_WhenTheTokenIsSomebodyElses_ShouldRefuse() => ShouldBeRefusedAsync(() => HasToken(_world.Olga.Id));

    [Test]
    public Task Handle_WhenTheSignInWasEnded_ShouldRefuse() => ShouldBeRefusedAsync(() => _family.Revoke(_world.Now));

    [Test]
    public async Task Handle_WhenTheSignInIsEndedAtTheSameMoment_ShouldEndTheSession()
    {
        var looks = 0;
        _world
            .Families.Setup(port => port.FindAsync(_family.Id, It.IsAny<CancellationToken>()))
            .ReturnsAsync(() =>
            {
                if (++looks > 1)
                {
                    _family.Revoke(_world.Now);
                }

                return _family;
            });
        _world
            .Sessions.Setup(port => port.ListOpenAsync(_family.Id, It.IsAny<CancellationToken>()))
            .ReturnsAsync([_session]);

        (await Should.ThrowAsync<DomainException>(() => RenewAsync())).Code.ShouldBe("auth.token_invalid");

        _session.EndReason.ShouldBe(SessionEndReason.Revoked);
        _world.Connections.Verify(port => port.CloseAsync(_session.Id, SessionEndReason.Revoked));
        _world.Connections.Verify(port => port.RenewAccess(It.IsAny<SessionId>(), It.IsAny<string>(), It.IsAny<TokenFamilyId>(), It.IsAny<DateTimeOffset>()), Times.Never);
    }

    [Test]
    public async Task Handle_WhenTheSessionHasANewerConnection_ShouldRefuseTheOldOne()
    {
        (await Should.ThrowAsync<DomainException>(() => RenewAsync("an older connection"))).Code.ShouldBe("session.not_found");

        _world.Connections.Verify(port => port.RenewAccess(It.IsAny<SessionId>(), It.IsAny<string>(), It.IsAny<TokenFamilyId>(), It.IsAny<DateTimeOffset>()), Times.Never);
    }

    [Test]
    public void ToString_ShouldNotHoldTheToken() => new RenewAccess("secret", "connection").ToString().ShouldNotContain("secret");

    private async Task ShouldBeRefusedAsync(Action arrange)
    {
        var before = _session.FamilyId;
        arrange();

        (await Should.ThrowAsync<DomainException>(() => RenewAsync())).Code.ShouldBe("auth.token_invalid");

        _session.FamilyId.ShouldBe(before);
        _world.Connections.Verify(port => port.RenewAccess(It.IsAny<SessionId>(), It.IsAny<string>(), It.IsAny<TokenFamilyId>(), It.IsAny<DateTimeOffset>()), Times.Never);
    }

    private Task<RenewedAccess> RenewAsync(string? connection = null) => _world.SendAsync(new RenewAccess("token", connection ?? _session.ConnectionId!));

    private void HasToken(UserId user) =>
        _world
            .Tokens.Setup(port => port.ReadAccessTokenAsync("token"))
            .ReturnsAsync(new AccessTokenContent(user, _family.Id, ExpiresAt));

    private void HasNoToken() => _world.Tokens.Setup(port => port.ReadAccessTokenAsync("token")).ReturnsAsync((AccessTokenContent?)null);
}
