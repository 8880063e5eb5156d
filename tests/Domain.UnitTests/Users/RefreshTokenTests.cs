namespace BmadServer.Domain.UnitTests.Users;

public sealed class RefreshTokenTests
{
    [TestCase(-1, false)]
    [TestCase(0, true)]
    [TestCase(1, true)]
    public void HasExpired_AroundTheEndOfItsLifetime_ShouldTurnTrueAtTheVeryEnd(int secondsFromEnd, bool expected)
    {
        var token = Given.RefreshToken(lifetime: TimeSpan.FromHours(1));

        token.HasExpired(Given.Now.AddHours(1).AddSeconds(secondsFromEnd)).ShouldBe(expected);
    }

    [Test]
    public void IsReplay_WhenTheTokenWasNeverExchanged_ShouldBeFalse() => Given.RefreshToken().IsReplay(Given.Later).ShouldBeFalse();

    [Test]
    public void IsReplay_WhenTheRequestCameAfterTheExchange_ShouldBeTrue()
    {
        var token = Given.RefreshToken().Stored(stored => stored.ConsumedAt, Given.Now);

        token.IsReplay(Given.Now.AddMicroseconds(1)).ShouldBeTrue();
    }

    [TestCase(0)]
    [TestCase(-500_000)]
    public void IsReplay_WhenTheRequestWasUnderWayDuringTheExchange_ShouldBeFalse(int microsecondsFromExchange)
    {
        var token = Given.RefreshToken().Stored(stored => stored.ConsumedAt, Given.Now);

        token.IsReplay(Given.Now.AddMicroseconds(microsecondsFromExchange)).ShouldBeFalse();
    }

    [TestCase("key", "key", true)]
    [TestCase("key", "other", false)]
    [TestCase("key", null, false)]
    [TestCase(null, "key", false)]
    [TestCase(null, null, false)]
    public void WasExchangedWith_WhenTheTokenWasExchanged_ShouldCompareTheKeys(string? keyOfExchange, string? key, bool expected) =>
        Given
            .RefreshToken()
            .Stored(stored => stored.ConsumedAt, Given.Now)
            .Stored(stored => stored.ExchangeKeyHash, keyOfExchange)
            .WasExchangedWith(key)
            .ShouldBe(expected);

    [Test]
    public void WasExchangedWith_WhenTheTokenWasNeverExchanged_ShouldBeFalse() => Given.RefreshToken().WasExchangedWith("key").ShouldBeFalse();
}
