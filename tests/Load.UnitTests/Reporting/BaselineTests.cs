using System.Text.Json;
using BmadServer.Load.Modes;
using BmadServer.Load.Reporting;

namespace BmadServer.Load.UnitTests.Reporting;

public sealed class BaselineTests
{
    [Test]
    public void Noise_is_twice_what_the_runs_differ_by_and_35_percent_at_least()
    {
        var baseline = Baseline.Take([Run(acks: 0.5, allocated: 1000), Run(acks: 0.6, allocated: 1000), Run(acks: 0.5, allocated: 1000)]);

        baseline[0].Value.ShouldBe(0.5, 1e-9);
        baseline[0].Noise.ShouldBe(0.4, 1e-9);
        baseline[1].Noise.ShouldBe(0.35);
        baseline[2].Value.ShouldBe(1000);
        baseline[2].Noise.ShouldBe(0.05);
    }

    [Test]
    public void Allocations_are_held_to_the_same_bound_however_much_the_runs_differed()
    {
        var baseline = Baseline.Take([Run(acks: 0.5, allocated: 1000), Run(acks: 0.5, allocated: 1500), Run(acks: 0.5, allocated: 1000)]);

        baseline[2].Noise.ShouldBe(0.05);
    }

    [Test]
    public void A_figure_that_was_not_measured_is_a_loss()
    {
        var compared = Baseline.Compare(Baseline.Take([Run(acks: 0.5, allocated: 1000)]), new RunResult());

        compared.Count.ShouldBe(3);
        compared.ShouldAllBe(one => one.IsLoss && !one.IsMeasured);
    }

    [TestCase(double.NaN)]
    [TestCase(0)]
    [TestCase(double.PositiveInfinity)]
    [TestCase(double.NegativeInfinity)]
    public void Rounds_in_which_nothing_happened_are_a_loss(double value)
    {
        var better = new BaselineFigure("acks/s", HigherIsBetter: true, Value: 1, Noise: 0.05);

        new BaselineComparison(better, value).IsLoss.ShouldBeTrue();
        new BaselineComparison(better with { HigherIsBetter = false }, value).IsLoss.ShouldBeTrue();
    }

    [Test]
    public void No_baseline_is_taken_from_a_run_that_has_measured_nothing() =>
        Should.Throw<InvalidOperationException>(() => Baseline.Take([Run(acks: 0.5, allocated: 1000), new RunResult()]));

    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("""[{"name":"bytes allocated a send","higherIsBetter":false,"value":1000,"noise":0.05}]""")]
    public void A_file_without_all_the_figures_is_no_baseline(string json) =>
        Should.Throw<JsonException>(() => Baseline.Read(json));

    [Test]
    public void A_figure_of_0_is_nothing_to_compare_with()
    {
        var written = Baseline.Write([.. Baseline.Take([Run(acks: 0.5, allocated: 1000)]).Select(figure => figure with { Value = 0 })]);

        Should.Throw<JsonException>(() => Baseline.Read(written));
    }

    [TestCase(0.33, 1000, false, false)]
    [TestCase(0.32, 1000, true, false)]
    [TestCase(0.90, 500, false, false)]
    [TestCase(0.50, 1100, false, true)]
    public void Only_what_got_worse_beyond_the_noise_is_a_loss(double acks, double allocated, bool isLossOfAcks, bool isLossOfBytes)
    {
        var baseline = Baseline.Read(Baseline.Write(Baseline.Take([Run(acks: 0.5, allocated: 1000)])));

        var compared = Baseline.Compare(baseline, Run(acks, allocated));

        compared[0].IsLoss.ShouldBe(isLossOfAcks);
        compared[2].IsLoss.ShouldBe(isLossOfBytes);
    }

    private static RunResult Run(double acks, double allocated) =>
        Given.Result(
            Given.Measurement(StandardSet.Spread, "floor group", acksPerSecond: 10_000),
            Given.Measurement(StandardSet.Spread, Given.Postgres, acksPerSecond: 10_000 * acks),
            Given.Measurement(StandardSet.Alone, "floor commit", p50: 1),
            Given.Measurement(StandardSet.Alone, Given.Postgres, p50: 2, allocated: allocated)
        );
}
