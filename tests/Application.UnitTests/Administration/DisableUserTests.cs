using BmadServer.Application.Administration;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;

namespace BmadServer.Application.UnitTests.Administration;

public sealed class DisableUserTests
{
    private readonly World _world = new();
    private readonly Session _session;

    public DisableUserTests() => (_, _session) = _world.HasSignIn();

    [TestCase(true)]
    [TestCase(false)]
    public async Task Handle_ShouldDisableTheAccountAndEndAllSignInsAndSessionsInOneTransaction(bool byAddress)
    {
        var changed = await _world.SendAsync(new DisableUser(byAddress ? _world.Me.Email : $"{_world.Me.Id}"));

        changed.EndedSessions.ShouldBe(1);
        _session.EndReason.ShouldBe(SessionEndReason.Revoked);
        _world.Accounts.Verify(port => port.DisableAsync(_world.Me.Id, _world.Now, It.IsAny<CancellationToken>()), Times.Once);
        _world.Families.Verify(port => port.RevokeAllAsync(_world.Me.Id, null, _world.Now, It.IsAny<CancellationToken>()), Times.Once);
        _world.UnitOfWork.Commits.ShouldBe(1);
    }

    [Test]
    public async Task Handle_ShouldCloseTheConnections()
    {
        await _world.SendAsync(new DisableUser(_world.Me.Email));

        _world.Connections.Verify(port => port.CloseAsync(_session.Id, SessionEndReason.Revoked));
    }

    /// <summary>Whoever signs in meanwhile waits for the account, and must then find it disabled.</summary>
    [Test]
    public async Task Handle_ShouldChangeTheAccountBeforeItLooksForSignIns()
    {
        List<string> done = [];
        _world
            .Accounts.Setup(port => port.DisableAsync(It.IsAny<UserId>(), It.IsAny<DateTimeOffset>(), It.IsAny<CancellationToken>()))
            .Callback(() => done.Add("account"))
            .Returns(Task.CompletedTask);
        _world
            .Families.Setup(port => port.RevokeAllAsync(It.IsAny<UserId>(), It.IsAny<TokenFamilyId?>(), It.IsAny<DateTimeOffset>(), It.IsAny<CancellationToken>()))
            .Callback(() => done.Add("sign-ins"))
            .ReturnsAsync(1);

        await _world.SendAsync(new DisableUser(_world.Me.Email));

        done.ShouldBe(["account", "sign-ins"]);
    }

    [Test]
    public async Task Handle_WhenASessionWasChangedAtTheSameTime_ShouldTryAgain()
    {
        _world.UnitOfWork.LosesRaces(times: 2);

        await _world.SendAsync(new DisableUser(_world.Me.Email));

        _world.UnitOfWork.Commits.ShouldBe(1);
    }

    [TestCase("nobody@example.com")]
    [TestCase("0197a4f0-0000-7000-8000-000000000000")]
    public async Task Handle_WhenThereIsNoSuchAccount_ShouldRefuse(string user) =>
        await _world.SendAsync(new DisableUser(user)).ShouldBeRefusedWithAsync("user.not_found");
}
