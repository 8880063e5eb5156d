namespace BmadServer.Recovery.Tests.Chaos;

[TestFixture]
internal sealed class FaultScheduleTests
{
    private static readonly FaultKind[] All = Enum.GetValues<FaultKind>();

    [Test]
    public void The_same_seed_makes_the_same_faults() => Make(7).ShouldBe(Make(7));

    [Test]
    public void Another_seed_makes_other_faults() => Make(7).ShouldNotBe(Make(8));

    [Test]
    public void Every_kind_of_the_mix_comes_up_in_order_of_time_for_every_device()
    {
        var faults = Make(7);

        faults.Select(fault => fault.Kind).Distinct().Order().ShouldBe(All.Order());
        faults.Select(fault => fault.At).ShouldBeInOrder();
        faults.Select(fault => fault.Device).Distinct().Order().ShouldBe([0, 1, 2]);
    }

    private static IReadOnlyList<Fault> Make(int seed) =>
        FaultSchedule.Make(seed, All, devices: 3, TimeSpan.FromSeconds(200), TimeSpan.FromSeconds(1));
}
