using BmadServer.Domain.Common;
using Microsoft.Extensions.Time.Testing;

namespace BmadServer.Domain.UnitTests.Common;

public sealed class ClockTests
{
    [Test]
    public void Now_WhenTheTimeIsFinerThanAMicrosecond_ShouldBeCutAndNotRounded()
    {
        var time = new FakeTimeProvider(Given.Now.AddTicks(129));

        time.Now().ShouldBe(Given.Now.AddTicks(120));
    }

    [Test]
    public void Now_WhenTheTimeIsInWholeMicroseconds_ShouldBeThatTime()
    {
        var time = new FakeTimeProvider(Given.Now.AddTicks(120));

        time.Now().ShouldBe(Given.Now.AddTicks(120));
    }

    [Test]
    public void Now_WhenTheMachineIsInAnotherTimeZone_ShouldStillBeUtc()
    {
        var time = new FakeTimeProvider(Given.Now);
        time.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("Elsewhere", TimeSpan.FromHours(5), "Elsewhere", "Elsewhere"));

        time.Now().Offset.ShouldBe(TimeSpan.Zero);
    }
}
