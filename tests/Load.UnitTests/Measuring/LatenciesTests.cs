using BmadServer.Load.Measuring;

namespace BmadServer.Load.UnitTests.Measuring;

public sealed class LatenciesTests
{
    private const double Precision = 0.002;

    [Test]
    public void Percentiles_are_in_milliseconds_over_all_that_threads_recorded()
    {
        var latencies = new Latencies();
        Parallel.For(1, 1001, i => latencies.Record(i, i * 1000L));

        var read = latencies.Read();

        read.Count.ShouldBe(1000);
        read.P50.ShouldBe(500, 500 * Precision);
        read.P90.ShouldBe(900, 900 * Precision);
        read.P99.ShouldBe(990, 990 * Precision);
        read.P999.ShouldBe(999, 999 * Precision);
        read.Max.ShouldBe(1000, 1000 * Precision);
        read.Curve.Count.ShouldBe(Distribution.Shares.Count);
        read.Curve[^1].ShouldBe(read.Max, read.Max * Precision);
    }

    [Test]
    public void What_was_recorded_before_a_reset_is_forgotten()
    {
        var latencies = new Latencies();
        latencies.Record(0, 1_000_000);
        latencies.Reset();
        latencies.Record(1, 2000);

        latencies.Read().Max.ShouldBe(2, 2 * Precision);
    }

    [Test]
    public void Nothing_recorded_is_no_failure() => new Latencies().Read().Count.ShouldBe(0);
}
