using System.Globalization;

namespace BmadServer.Recovery.Tests.Chaos;

/// <summary>A test that lets things go wrong in a world of one database. Its seed is fixed unless another one is asked for.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
internal abstract class ChaosTest(DatabaseKind database, int nodes = 1)
{
    private const string SeedVariable = "BMADSERVER_RECOVERY_SEED";

    protected DatabaseKind Database { get; } = database;

    protected static int Seed =>
        int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var seed) ? seed : 1;

    /// <summary>The command that runs this test again with the same seed.</summary>
    protected string Repeat =>
        $"{SeedVariable}={Seed} dotnet test tests/Recovery.Tests -c Release "
        + $"--filter \"FullyQualifiedName~{GetType().Name}&Name~{TestContext.CurrentContext.Test.MethodName}\"";

    /// <summary>A round with faults of these kinds, then quiet and the check.</summary>
    /// <param name="every">The mean time between two faults.</param>
    /// <param name="perSecond">Calls of each device.</param>
    protected Task<Tally> RunAsync(
        IReadOnlyList<FaultKind> mix,
        TimeSpan length,
        TimeSpan every,
        int devices = 8,
        double perSecond = 8,
        TimeSpan? answerLimit = null
    ) =>
        InRoundAsync(
            devices,
            round => round.RunAsync(FaultSchedule.Make(Seed, mix, round.Devices.Count, length, every), length, perSecond),
            answerLimit
        );

    /// <summary>A round in which this happens, then quiet and the check.</summary>
    /// <param name="answerLimit">A call that takes longer breaks a device's connection.</param>
    protected async Task<Tally> InRoundAsync(int devices, Func<Round, Task> happen, TimeSpan? answerLimit = null)
    {
        var world = await Worlds.GetAsync(Database, nodes);
        try
        {
            await using var round = await Round.StartAsync(world, Seed, devices, answerLimit);
            await happen(round);
            return await round.FinishAsync(Repeat);
        }
        catch
        {
            await TestContext.Out.WriteLineAsync($"What the server wrote last:\n{world.Nodes.Output}");
            await Worlds.DropAsync(world);
            throw;
        }
    }
}
