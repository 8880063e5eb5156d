using BmadServer.Application.Common;

namespace BmadServer.Application.UnitTests.Common;

public sealed class OptimisticConcurrencyTests
{
    private int _attempts;

    [Test]
    public async Task RetryAsync_WhenNothingIsLost_ShouldRunOnce()
    {
        await OptimisticConcurrency.RetryAsync(() => LoseAsync(times: 0));

        _attempts.ShouldBe(1);
    }

    [Test]
    public async Task RetryAsync_WhenRacesAreLost_ShouldRunUntilOneIsWon()
    {
        await OptimisticConcurrency.RetryAsync(() => LoseAsync(times: 9));

        _attempts.ShouldBe(10);
    }

    [Test]
    public async Task RetryAsync_WhenEveryRaceIsLost_ShouldGiveUpAfterTenAttempts()
    {
        await OptimisticConcurrency.RetryAsync(() => LoseAsync(times: 100)).ShouldThrowAsync<ConcurrentChangeException>();

        _attempts.ShouldBe(10);
    }

    [Test]
    public async Task RetryAsync_WhenItFailsOtherwise_ShouldNotTryAgain()
    {
        await OptimisticConcurrency
            .RetryAsync<int>(() =>
            {
                _attempts++;
                throw new TimeoutException();
            })
            .ShouldThrowAsync<TimeoutException>();

        _attempts.ShouldBe(1);
    }

    private Task<int> LoseAsync(int times) =>
        ++_attempts <= times
            ? Task.FromException<int>(new ConcurrentChangeException(new InvalidOperationException("version")))
            : Task.FromResult(_attempts);
}
