using BmadServer.Application.Sessions;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;

namespace BmadServer.Application.UnitTests.Sessions;

public sealed class ListEndingsTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_WhenASignInEndsInTheMeantime_ShouldNotGiveItWithoutItsSessions()
    {
        var reads = 0;
        _world
            .Sessions.Setup(port => port.ListEndedAsync(_world.Now, It.IsAny<CancellationToken>()))
            .ReturnsAsync(() => IsEnded() ? [new EndedSession(SessionId.New(_world.Now), SessionEndReason.LoggedOut)] : []);
        _world
            .Families.Setup(port => port.ListRevokedAsync(_world.Now, It.IsAny<CancellationToken>()))
            .ReturnsAsync(() => IsEnded() ? [TokenFamilyId.New(_world.Now)] : []);

        var endings = await _world.SendAsync(new ListEndings(_world.Now));

        endings.SignIns.ShouldBeEmpty();
        endings.Sessions.ShouldHaveSingleItem();

        // It ends after the first read.
        bool IsEnded() => reads++ > 0;
    }
}
