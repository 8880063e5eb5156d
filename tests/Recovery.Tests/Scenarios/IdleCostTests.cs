using BmadServer.Recovery.Tests.Chaos;
using BmadServer.Recovery.Tests.Clients;
using BmadServer.Testing;

namespace BmadServer.Recovery.Tests.Scenarios;

/// <summary>What it costs to look for lost pushes and ended sessions twice a second, while nothing happens at all.</summary>
[TestFixture(DatabaseKind.Sqlite, Category = nameof(DatabaseKind.Sqlite))]
[TestFixture(DatabaseKind.Postgres, Category = nameof(DatabaseKind.Postgres))]
public sealed class IdleCostTests(DatabaseKind database)
{
    /// <summary>The three announcements of each workflow that was opened, and what else follows the opening.</summary>
    private static readonly TimeSpan UntilQuiet = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(0.3);

    [Test]
    public async Task An_idle_server_with_many_open_workflows_does_next_to_nothing()
    {
        var settings = new Dictionary<string, string> { ["RateLimits__Enabled"] = "false" };
        await using var stage = await Stage.OpenAsync(database, settings);
        await using var client = await stage.ConnectAsync(stage.People[0], IgnoreCalls.Instance);
        for (var i = 0; i < Sizes.IdleWorkflows; i++)
        {
            await client.InvokeAsync("JoinWorkflow", await stage.WorkflowOfAsync([stage.People[0]]));
        }

        await Task.Delay(UntilQuiet);
        var perSecond = await PerSecondAsync(stage.Node);
        // What follows the opening takes longer on a busy machine.
        for (var again = 0; again < 4 && perSecond >= Bound; again++)
        {
            perSecond = await PerSecondAsync(stage.Node);
        }

        Figures.Report($"processor time of an idle server with {Sizes.IdleWorkflows} open workflows, {database}", perSecond.TotalMilliseconds, "ms/s", "");
        client.Closed.IsCompleted.ShouldBeFalse();
        perSecond.ShouldBeLessThan(Bound);
    }

    /// <summary>The processor time that it uses in a second of doing nothing.</summary>
    private static async Task<TimeSpan> PerSecondAsync(ServerNode node)
    {
        var (from, used) = (TimeProvider.System.GetTimestamp(), node.ProcessorTime);
        await Task.Delay(TimeSpan.FromSeconds(Sizes.IdleSeconds));
        return (node.ProcessorTime - used) / TimeProvider.System.GetElapsedTime(from).TotalSeconds;
    }
}
