using BmadServer.Application.Auth;
using BmadServer.Domain.Users;

namespace BmadServer.Application.UnitTests.Auth;

public sealed class GetMeTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_ShouldGiveTheCallersAccount() =>
        (await _world.SendAsync(new GetMe())).ShouldBe(new UserView(_world.Me.Id.Value, "mia@example.com", "Mia"));

    [Test]
    public async Task Handle_WhenTheAccountIsGone_ShouldAskToSignIn()
    {
        _world.Accounts.Setup(port => port.FindAsync(_world.Me.Id, It.IsAny<CancellationToken>())).ReturnsAsync((User?)null);

        await _world.SendAsync(new GetMe()).ShouldBeRefusedWithAsync("auth.required");
    }
}
