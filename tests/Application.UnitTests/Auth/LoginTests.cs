using BmadServer.Application.Auth;
using BmadServer.Domain.Users;

namespace BmadServer.Application.UnitTests.Auth;

public sealed class LoginTests
{
    private readonly World _world = new();

    public LoginTests()
    {
        _world.IssuesTokens(refreshToken: "refresh", accessToken: "access");
        _world
            .Accounts.Setup(port => port.VerifyAsync(_world.Me.Email, "correct horse", It.IsAny<CancellationToken>()))
            .ReturnsAsync(_world.Me);
    }

    [Test]
    public async Task Handle_WhenThePasswordIsRight_ShouldGiveBothTokensAndTheUser()
    {
        var tokens = await _world.SendAsync(new Login(_world.Me.Email, "correct horse"));

        (tokens.User.Id, tokens.AccessToken.Text, tokens.RefreshToken, tokens.RefreshTokenLifetime)
            .ShouldBe((_world.Me.Id.Value, "access", "refresh", TimeSpan.FromDays(7)));
    }

    [Test]
    public async Task Handle_ShouldStartASignInOfItsOwn()
    {
        List<TokenFamily> started = [];
        _world.Families.Setup(port => port.Add(It.IsAny<TokenFamily>())).Callback<TokenFamily>(started.Add);

        await _world.SendAsync(new Login(_world.Me.Email, "correct horse"));
        await _world.SendAsync(new Login(_world.Me.Email, "correct horse"));

        started.Select(family => family.UserId).ShouldBe([_world.Me.Id, _world.Me.Id]);
        started[0].Id.ShouldNotBe(started[1].Id);
    }

    [Test]
    public async Task Handle_ShouldStoreTheRefreshTokenAsItsHashOnly()
    {
        await _world.SendAsync(new Login(_world.Me.Email, "correct horse"));

        _world.Families.Verify(port => port.Add(It.Is<RefreshToken>(token => token.Hash == "hash of refresh")), Times.Once);
    }

    [Test]
    public async Task Handle_WhenTheAccountWasChangedSinceItWasVerified_ShouldStartNoSignIn()
    {
        _world.Accounts.Setup(port => port.ConfirmAsync(_world.Me, It.IsAny<CancellationToken>())).ThrowsAsync(AuthErrors.InvalidCredentials());

        await _world.SendAsync(new Login(_world.Me.Email, "correct horse")).ShouldBeRefusedWithAsync("auth.invalid_credentials");

        (_world.UnitOfWork.Attempts, _world.UnitOfWork.Commits).ShouldBe((1, 0));
        _world.Families.Verify(port => port.Add(It.IsAny<TokenFamily>()), Times.Never);
    }

    [Test]
    public async Task Handle_WhenSpacesSurroundTheAddress_ShouldTrimThem() =>
        await Should.NotThrowAsync(_world.SendAsync(new Login($" {_world.Me.Email} ", "correct horse")));

    [TestCase("mia@example.com", "wrong")]
    [TestCase("nobody@example.com", "correct horse")]
    public async Task Handle_WhenAddressOrPasswordIsWrong_ShouldRefuseBothAlike(string email, string password) =>
        await _world.SendAsync(new Login(email, password)).ShouldBeRefusedWithAsync("auth.invalid_credentials");

    [Test]
    public async Task Validate_WhenThePasswordIsEndless_ShouldRefuseItBeforeItIsHashed()
    {
        await _world.SendAsync(new Login(_world.Me.Email, new string('p', 1025))).ShouldBeInvalidInAsync("password");

        _world.Accounts.Verify(
            port => port.VerifyAsync(It.IsAny<string>(), It.IsAny<string>(), It.IsAny<CancellationToken>()),
            Times.Never
        );
    }

    [Test]
    public async Task Validate_WhenNothingIsGiven_ShouldNameBothFields() =>
        await _world.SendAsync(new Login(null, null)).ShouldBeInvalidInAsync("email", "password");
}
