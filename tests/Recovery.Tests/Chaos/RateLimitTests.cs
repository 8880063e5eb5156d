using System.Globalization;
using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.Chaos;

internal sealed class RateLimitTests
{
    private const int Messages = 100;
    private const int CallsPerSecond = 20;

    [Test]
    public async Task A_client_that_is_told_to_wait_loses_nothing()
    {
        var limit = CallsPerSecond.ToString(CultureInfo.InvariantCulture);
        await using var world = await World.StartAsync(
            DatabaseKind.Sqlite,
            users: 1,
            new Dictionary<string, string>
            {
                ["RateLimits__Enabled"] = "true",
                ["RateLimits__HubCallsPerSecond"] = limit,
                ["RateLimits__HubCallBurst"] = limit,
            }
        );
        await using var round = await Round.StartAsync(world, seed: 1, devices: 1);
        var client = round.Devices[0].Client;

        for (var count = 0; count < Messages; count++)
        {
            _ = client.SendAsync(round.WorkflowIds[0], $"one of many {count}");
        }

        var tally = await round.FinishAsync("dotnet test tests/Recovery.Tests -c Release --filter FullyQualifiedName~RateLimitTests");
        tally.AckedMessages.ShouldBeGreaterThanOrEqualTo(Messages);
        client.History().Entries.OfType<Refused>().ShouldContain(refused => refused.Code == "rate_limited");
    }
}
