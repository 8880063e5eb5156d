using BmadServer.Load.Measuring;

namespace BmadServer.Load.UnitTests.Measuring;

public sealed class StatisticsTests
{
    [TestCase(new[] { 3.0, 1.0, 2.0 }, 2.0)]
    [TestCase(new[] { 4.0, 1.0, 2.0, 3.0 }, 2.5)]
    [TestCase(new double[0], double.NaN)]
    public void The_median_is_the_middle(double[] values, double median) => values.Median().ShouldBe(median);

    [Test]
    public void A_ratio_is_taken_round_by_round_so_that_a_slow_round_falls_out() =>
        // The machine was ten times slower in the second round, for both.
        Statistics.MedianRatio([60, 6, 50], [100, 10, 100]).ShouldBe(0.6);

    [Test]
    public void A_round_that_only_one_has_is_left_out() => Statistics.MedianRatio([60, 90], [100]).ShouldBe(0.6);
}
