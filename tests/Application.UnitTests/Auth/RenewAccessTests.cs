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

        _world.Connections.Verify(port => port.RenewAccess(_session.Id, ExpiresAt));
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
    public async Task Handle_WhenTheSignInIsEndedAtTheSameMoment_ShouldCloseTheConnection()
    {
        _world
            .Connections.Setup(port => port.RenewAccess(_session.Id, It.IsAny<DateTimeOffset>()))
            .Callback(() => _family.Revoke(_world.Now));

        (await Should.ThrowAsync<DomainException>(RenewAsync)).Code.ShouldBe("auth.token_invalid");

        _world.Connections.Verify(port => port.CloseAsync(_session.Id, SessionEndReason.Revoked));
    }

    [Test]
    public void ToString_ShouldNotHoldTheToken() => new RenewAccess("secret").ToString().ShouldNotContain("secret");

    private async Task ShouldBeRefusedAsync(Action arrange)
    {
        var before = _session.FamilyId;
        arrange();

        (await Should.ThrowAsync<DomainException>(RenewAsync)).Code.ShouldBe("auth.token_invalid");

        _session.FamilyId.ShouldBe(before);
        _world.Connections.Verify(port => port.RenewAccess(It.IsAny<SessionId>(), It.IsAny<DateTimeOffset>()), Times.Never);
    }

    private Task<RenewedAccess> RenewAsync() => _world.SendAsync(new RenewAccess("token"));

    private void HasToken(UserId user) =>
        _world
            .Tokens.Setup(port => port.ReadAccessTokenAsync("token"))
            .ReturnsAsync(new AccessTokenContent(user, _family.Id, ExpiresAt));

    private void HasNoToken() => _world.Tokens.Setup(port => port.ReadAccessTokenAsync("token")).ReturnsAsync((AccessTokenContent?)null);
}
