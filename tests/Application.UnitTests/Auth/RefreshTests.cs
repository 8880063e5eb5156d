using BmadServer.Application.Auth;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;

namespace BmadServer.Application.UnitTests.Auth;

public sealed class RefreshTests
{
    private readonly World _world = new();
    private readonly TokenFamily _family;
    private readonly Session _session;

    public RefreshTests()
    {
        (_family, _session) = _world.HasSignIn();
        _world.IssuesTokens(refreshToken: "next", accessToken: "access");
    }

    [Test]
    public async Task Handle_WhenTheTokenIsGood_ShouldGiveANewPair()
    {
        _world.HasRefreshToken(_family, "shown");

        var tokens = await _world.SendAsync(new Refresh("shown"));

        (tokens.User.Id, tokens.AccessToken.Text, tokens.RefreshToken).ShouldBe((_world.Me.Id.Value, "access", "next"));
    }

    [Test]
    public async Task Handle_WhenTheTokenIsGood_ShouldStoreTheNextOneInTheSameFamilyForAnotherWeek()
    {
        _world.HasRefreshToken(_family, "shown");
        _world.Time.Advance(TimeSpan.FromDays(6));

        await _world.SendAsync(new Refresh("shown"));

        _world.Families.Verify(port =>
            port.Add(
                It.Is<RefreshToken>(token =>
                    token.Hash == "hash of next" && token.FamilyId == _family.Id && token.ExpiresAt == _world.Now.AddDays(7)
                )
            )
        );
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("never issued")]
    public async Task Handle_WhenThereIsNoSuchToken_ShouldRefuse(string? text) =>
        await _world.SendAsync(new Refresh(text)).ShouldBeRefusedWithAsync("auth.refresh_invalid");

    [Test]
    public async Task Handle_WhenTheFamilyIsRevoked_ShouldRefuse()
    {
        _world.HasRefreshToken(_family, "shown");
        _family.Revoke(_world.Now);

        await _world.SendAsync(new Refresh("shown")).ShouldBeRefusedWithAsync("auth.refresh_invalid");
    }

    [Test]
    public async Task Handle_WhenTheTokenHasExpired_ShouldRefuse()
    {
        _world.HasRefreshToken(_family, "shown");
        _world.Time.Advance(TimeSpan.FromDays(7));

        await _world.SendAsync(new Refresh("shown")).ShouldBeRefusedWithAsync("auth.refresh_invalid");
    }

    [Test]
    public async Task Handle_WhenTheAccountIsGone_ShouldRefuse()
    {
        _world.HasRefreshToken(_family, "shown");
        _world.Accounts.Setup(port => port.FindAsync(_world.Me.Id, It.IsAny<CancellationToken>())).ReturnsAsync((User?)null);

        await _world.SendAsync(new Refresh("shown")).ShouldBeRefusedWithAsync("auth.refresh_invalid");
    }

    [Test]
    public async Task Handle_WhenAnotherRequestTakesTheTokenFirst_ShouldSayThatItLost()
    {
        HasLostTheRaceForTheToken();

        await _world.SendAsync(new Refresh("shown")).ShouldBeRefusedWithAsync("auth.refresh_raced");
    }

    [Test]
    public async Task Handle_WhenTheTokenWasTakenWhileTheRequestWasUnderWay_ShouldSayThatItLost()
    {
        _world.HasRefreshToken(_family, "shown", consumedAt: _world.Now);
        _world.ReceivedAt = _world.Now.AddMilliseconds(-3);

        await _world.SendAsync(new Refresh("shown")).ShouldBeRefusedWithAsync("auth.refresh_raced");
    }

    [Test]
    public async Task Handle_WhenTheRaceIsLost_ShouldLeaveTheWinnersSignInAlone()
    {
        HasLostTheRaceForTheToken();

        await _world.SendAsync(new Refresh("shown")).ShouldThrowAsync<Exception>();

        (_family.IsRevoked, _session.HasEnded).ShouldBe((false, false));
    }

    [Test]
    public async Task Handle_WhenAnExchangedTokenIsShownAgain_ShouldRefuse()
    {
        HasReplayedToken();

        await _world.SendAsync(new Refresh("shown")).ShouldBeRefusedWithAsync("auth.refresh_reused");
    }

    [Test]
    public async Task Handle_WhenAnExchangedTokenIsShownAgain_ShouldEndTheWholeSignInAndItsConnections()
    {
        HasReplayedToken();

        await _world.SendAsync(new Refresh("shown")).ShouldThrowAsync<Exception>();

        (_family.IsRevoked, _session.EndReason).ShouldBe((true, SessionEndReason.Revoked));
        _world.Connections.Verify(port => port.CloseAsync(_session.Id, SessionEndReason.Revoked));
    }

    [Test]
    public async Task Handle_WhenTheSameRequestIsRepeated_ShouldGiveAnotherPairOfTheSameFamily()
    {
        _world.HasRefreshToken(_family, "shown", consumedAt: _world.Now, exchangeKey: "key");
        _world.ReceivedAt = _world.Now.AddMilliseconds(3);

        var tokens = await _world.SendAsync(new Refresh("shown", "key"));

        tokens.RefreshToken.ShouldBe("next");
        _family.IsRevoked.ShouldBeFalse();
        _world.Families.Verify(port => port.Add(It.Is<RefreshToken>(token => token.FamilyId == _family.Id)));
    }

    [Test]
    public async Task Handle_WhenTheSameRequestIsRepeatedAfterItsAnswerWasUsed_ShouldEndTheSignIn()
    {
        _world.HasRefreshToken(_family, "shown", consumedAt: _world.Now, exchangeKey: "key");
        _world.ReceivedAt = _world.Now.AddMilliseconds(3);
        _world
            .Families.Setup(port => port.AnyConsumedAsync(_family.Id, _world.Now, _world.ReceivedAt, It.IsAny<CancellationToken>()))
            .ReturnsAsync(true);

        await _world.SendAsync(new Refresh("shown", "key")).ShouldBeRefusedWithAsync("auth.refresh_reused");

        _family.IsRevoked.ShouldBeTrue();
    }

    [TestCase("")]
    [TestCase("  ")]
    [TestCase("a\0b")]
    public async Task Handle_WhenTheKeyIsNoText_ShouldRefuse(string key) =>
        await _world.SendAsync(new Refresh("shown", key)).ShouldBeRefusedWithAsync("validation.failed");

    [TestCase(128, "auth.refresh_invalid")]
    [TestCase(129, "validation.failed")]
    public async Task Handle_WhenTheKeyIsLong_ShouldRefuseWhatIsTooLong(int length, string code) =>
        await _world.SendAsync(new Refresh("never issued", new string('k', length))).ShouldBeRefusedWithAsync(code);

    private void HasLostTheRaceForTheToken()
    {
        var token = _world.HasRefreshToken(_family, "shown");
        _world
            .Families.Setup(port => port.TryConsumeAsync(token.Hash, It.IsAny<string?>(), It.IsAny<DateTimeOffset>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(false);
    }

    private void HasReplayedToken()
    {
        _world.HasRefreshToken(_family, "shown", consumedAt: _world.Now);
        _world.ReceivedAt = _world.Now.AddMilliseconds(3);
    }
}
