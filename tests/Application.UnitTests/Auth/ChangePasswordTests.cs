using System.Net;
using BmadServer.Application.Auth;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;

namespace BmadServer.Application.UnitTests.Auth;

public sealed class ChangePasswordTests
{
    private const string Current = "correct horse";
    private const string New = "a kettle sings at dawn";

    private readonly World _world = new();

    public ChangePasswordTests()
    {
        _world.Accounts.Setup(port => port.VerifyAsync(_world.Me.Id, Current, It.IsAny<CancellationToken>())).ReturnsAsync(_world.Me);
        _world.Caller.SetupGet(caller => caller.Address).Returns(IPAddress.Parse("198.51.100.7"));
    }

    [Test]
    public async Task Handle_ShouldStoreTheHashAndEndTheOtherSignInsInTheSameTransaction()
    {
        var (_, session) = _world.HasSignIn();

        await _world.SendAsync(new ChangePassword(Current, New));

        _world.Accounts.Verify(port => port.SetPasswordAsync(_world.Me.Id, $"hash of {New}", "198.51.100.7", It.IsAny<CancellationToken>()), Times.Once);
        _world.Families.Verify(
            port => port.RevokeAllAsync(_world.Me.Id, _world.MyFamily, _world.Now, It.IsAny<CancellationToken>()),
            Times.Once
        );
        session.EndReason.ShouldBe(SessionEndReason.Revoked);
        _world.Connections.Verify(port => port.CloseAsync(session.Id, SessionEndReason.Revoked), Times.Once);
        _world.UnitOfWork.Commits.ShouldBe(1);
    }

    [Test]
    public async Task Handle_ShouldKeepTheSessionsOfTheSignInThatAsks()
    {
        var (_, session) = _world.HasSignIn();
        _world.MyFamily = session.FamilyId;

        await _world.SendAsync(new ChangePassword(Current, New));

        session.HasEnded.ShouldBeFalse();
        _world.Connections.Verify(port => port.CloseAsync(It.IsAny<SessionId>(), It.IsAny<SessionEndReason>()), Times.Never);
    }

    [Test]
    public async Task Handle_WhenTheCurrentPasswordIsWrong_ShouldChangeNothing()
    {
        await _world.SendAsync(new ChangePassword("another one", New)).ShouldBeRefusedWithAsync("auth.wrong_password");

        _world.UnitOfWork.Attempts.ShouldBe(0);
    }

    [Test]
    public async Task Handle_WhenThePasswordWasChangedSinceItWasVerified_ShouldChangeNothing()
    {
        _world.Accounts.Setup(port => port.ConfirmAsync(_world.Me, It.IsAny<CancellationToken>())).ThrowsAsync(AuthErrors.InvalidCredentials());

        await _world.SendAsync(new ChangePassword(Current, New)).ShouldBeRefusedWithAsync("auth.wrong_password");

        _world.Accounts.Verify(
            port => port.SetPasswordAsync(It.IsAny<UserId>(), It.IsAny<string>(), It.IsAny<string?>(), It.IsAny<CancellationToken>()),
            Times.Never
        );
    }

    [TestCase("short")]
    [TestCase("Password123")]
    [TestCase("mia2026!")]
    [TestCase(Current)]
    public async Task Validate_WhenTheNewPasswordIsNone_ShouldRefuseIt(string password) =>
        await _world.SendAsync(new ChangePassword(Current, password)).ShouldBeInvalidInAsync("newPassword");

    [Test]
    public async Task Validate_WhenTheCurrentPasswordIsEndless_ShouldRefuseItBeforeItIsHashed() =>
        await _world.SendAsync(new ChangePassword(new string('p', 1025), New)).ShouldBeInvalidInAsync("currentPassword");

    [Test]
    public void ToString_ShouldNotTellThePasswords() => $"{new ChangePassword(Current, New)}".ShouldBe(nameof(ChangePassword));
}
