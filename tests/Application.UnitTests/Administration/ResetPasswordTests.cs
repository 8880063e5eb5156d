using BmadServer.Application.Administration;
using BmadServer.Domain.Sessions;

namespace BmadServer.Application.UnitTests.Administration;

public sealed class ResetPasswordTests
{
    private readonly World _world = new();
    private readonly Session _session;

    public ResetPasswordTests() => (_, _session) = _world.HasSignIn();

    [Test]
    public async Task Handle_WhenAPasswordIsGiven_ShouldStoreItsHashAndEndAllSignIns()
    {
        var reset = await _world.SendAsync(new ResetPassword(_world.Me.Email, "correct horse"));

        (reset.NewPassword, reset.EndedSessions, _session.EndReason).ShouldBe((null, 1, SessionEndReason.Revoked));
        _world.Accounts.Verify(port => port.SetPasswordAsync(_world.Me.Id, "hash of correct horse", null, It.IsAny<CancellationToken>()), Times.Once);
        _world.Families.Verify(port => port.RevokeAllAsync(_world.Me.Id, null, _world.Now, It.IsAny<CancellationToken>()), Times.Once);
    }

    [Test]
    public async Task Handle_WhenNoneIsGiven_ShouldMakeARandomOneEachTime()
    {
        var one = await _world.SendAsync(new ResetPassword(_world.Me.Email, null));
        var other = await _world.SendAsync(new ResetPassword(_world.Me.Email, null));

        one.NewPassword!.Length.ShouldBe(20);
        one.NewPassword.ShouldNotBe(other.NewPassword);
        _world.Accounts.Verify(port => port.SetPasswordAsync(_world.Me.Id, $"hash of {one.NewPassword}", null, It.IsAny<CancellationToken>()), Times.Once);
    }

    [TestCase("")]
    [TestCase("short")]
    public async Task Validate_WhenThePasswordIsNone_ShouldRefuseIt(string password) =>
        await _world.SendAsync(new ResetPassword(_world.Me.Email, password)).ShouldBeInvalidInAsync("password");

    [Test]
    public void ToString_ShouldNotTellThePassword()
    {
        $"{new ResetPassword("mia@example.com", "correct horse")}".ShouldNotContain("horse");
        $"{new PasswordReset(Guid.Empty, "mia@example.com", "correct horse", 0)}".ShouldNotContain("horse");
    }
}
