using BmadServer.Recovery.Tests.Chaos;
using BmadServer.Recovery.Tests.Clients;

namespace BmadServer.Recovery.Tests.Scenarios;

/// <summary>What it costs to look for lost pushes and ended sessions twice a second, while nothing happens at all.</summary>
[TestFixture(DatabaseKind.Sqlite, Category = nameof(DatabaseKind.Sqlite))]
[TestFixture(DatabaseKind.Postgres, Category = nameof(DatabaseKind.Postgres))]
public sealed class IdleCostTests(DatabaseKind database)
{
    /// <summary>The three announcements of each workflow that was opened, and what else follows the opening.</summary>
    private static readonly TimeSpan UntilQuiet = TimeSpan.FromSeconds(4);

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
        var (from, used) = (TimeProvider.System.GetTimestamp(), stage.Node.ProcessorTime);
        await Task.Delay(TimeSpan.FromSeconds(Sizes.IdleSeconds));
        var perSecond = (stage.Node.ProcessorTime - used) / TimeProvider.System.GetElapsedTime(from).TotalSeconds;

        Figures.Report($"processor time of an idle server with {Sizes.IdleWorkflows} open workflows, {database}", perSecond.TotalMilliseconds, "ms/s", "");
        client.Closed.IsCompleted.ShouldBeFalse();
        perSecond.ShouldBeLessThan(TimeSpan.FromSeconds(0.3));
    }
}
