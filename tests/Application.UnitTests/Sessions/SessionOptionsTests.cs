using BmadServer.Application.Sessions;

namespace BmadServer.Application.UnitTests.Sessions;

public sealed class SessionOptionsTests
{
    [TestCase(30, 60)]
    [TestCase(4, 60)]
    [TestCase(1, 15)]
    public void TouchInterval_ShouldBeAMinuteAndNeverMoreThanAQuarterOfTheIdleLimit(double idleMinutes, double expectedSeconds) =>
        new SessionOptions { IdleTimeoutMinutes = idleMinutes }.TouchInterval.ShouldBe(TimeSpan.FromSeconds(expectedSeconds));
}
