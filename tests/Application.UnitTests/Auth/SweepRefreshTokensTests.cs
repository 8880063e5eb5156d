using BmadServer.Application.Auth;

namespace BmadServer.Application.UnitTests.Auth;

public sealed class SweepRefreshTokensTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_ShouldDeleteWhatExpiredMoreThanADayAgo()
    {
        Deletes(3);

        (await _world.SendAsync(new SweepRefreshTokens())).ShouldBe(3);

        _world.Families.Verify(port => port.DeleteExpiredAsync(_world.Now.AddDays(-1), 1000, It.IsAny<CancellationToken>()));
    }

    [Test]
    public async Task Handle_WhenOneBatchIsNotEnough_ShouldGoOnUntilNoneIsLeft()
    {
        Deletes(1000, 1000, 1);

        (await _world.SendAsync(new SweepRefreshTokens())).ShouldBe(2001);
    }

    private void Deletes(params int[] batches) =>
        _world
            .Families.Setup(port => port.DeleteExpiredAsync(It.IsAny<DateTimeOffset>(), It.IsAny<int>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(new Queue<int>(batches).Dequeue);
}
