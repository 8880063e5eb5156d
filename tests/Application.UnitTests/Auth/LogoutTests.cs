using BmadServer.Application.Auth;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;

namespace BmadServer.Application.UnitTests.Auth;

public sealed class LogoutTests
{
    private readonly World _world = new();
    private readonly TokenFamily _family;
    private readonly Session _session;

    public LogoutTests()
    {
        (_family, _session) = _world.HasSignIn();
        _world.HasRefreshToken(_family, "shown");
        _world.MyFamily = null;
    }

    [Test]
    public async Task Handle_ShouldRevokeTheTokensAndEndTheSession()
    {
        await _world.SendAsync(new Logout("shown"));

        (_family.IsRevoked, _session.EndReason).ShouldBe((true, SessionEndReason.LoggedOut));
    }

    [Test]
    public async Task Handle_ShouldCloseTheSessionsConnection()
    {
        await _world.SendAsync(new Logout("shown"));

        _world.Connections.Verify(port => port.CloseAsync(_session.Id, SessionEndReason.LoggedOut));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("never issued")]
    public async Task Handle_WhenTheRefreshTokenTellsNothing_ShouldEndTheAccessTokensSignIn(string? refreshToken)
    {
        _world.MyFamily = _family.Id;

        await _world.SendAsync(new Logout(refreshToken));

        _family.IsRevoked.ShouldBeTrue();
    }

    [Test]
    public async Task Handle_WhenNobodyIsSignedIn_ShouldDoNothing()
    {
        await _world.SendAsync(new Logout(null));

        (_family.IsRevoked, _world.UnitOfWork.Commits).ShouldBe((false, 0));
    }

    [Test]
    public async Task Handle_WhenTheSessionWasChangedAtTheSameTime_ShouldTryAgain()
    {
        _world.UnitOfWork.LosesRaces(times: 2);

        await _world.SendAsync(new Logout("shown"));

        _world.UnitOfWork.Commits.ShouldBe(1);
    }

    [Test]
    public async Task Handle_WhenTheCommitFails_ShouldCloseNothing()
    {
        _world.UnitOfWork.Fails(new TimeoutException());

        await _world.SendAsync(new Logout("shown")).ShouldThrowAsync<TimeoutException>();

        _world.Connections.Verify(port => port.CloseAsync(It.IsAny<SessionId>(), It.IsAny<SessionEndReason>()), Times.Never);
    }
}
