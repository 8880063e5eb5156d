using System.Globalization;
using BmadServer.Recovery.Tests.Chaos;
using BmadServer.Recovery.Tests.Clients;

namespace BmadServer.Recovery.Tests.Scenarios;

/// <summary>Promise 10: what the server holds for a client that has stopped reading is bounded and small.</summary>
[TestFixture(DatabaseKind.Sqlite, Category = nameof(DatabaseKind.Sqlite))]
[TestFixture(DatabaseKind.Postgres, Category = nameof(DatabaseKind.Postgres))]
public sealed class StalledMemoryTests(DatabaseKind database)
{
    private const int MessageCharacters = 8_000;

    /// <summary>Together so long that the kernel's buffers are full and the server has to keep the rest or close.</summary>
    private const int Groups = 30;

    /// <summary>Messages that are posted at once: fewer than may wait for a client, so that one which reads is never closed.</summary>
    private const int Group = 20;

    private const int WarmUp = 3;

    private static readonly TimeSpan Sampling = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// The resident memory of the server process at its highest, while stalled clients are in a room with big messages, against
    /// the same number of clients that read. The garbage collector is set to collect often (a budget of 4 MiB, in hexadecimal),
    /// so that the difference is what is held and not what is not collected yet.
    /// </summary>
    [Test]
    public async Task A_stalled_client_costs_little_memory()
    {
        var reading = await PeakGrowthAsync(isStalled: false);
        var stalled = await PeakGrowthAsync(isStalled: true);

        var perClient = (stalled - reading) / 1024d / 1024d / Sizes.StalledClients;
        Figures.Report(
            $"memory held for one stalled client, mean of {Sizes.StalledClients}, {database}",
            perClient.ToString("0.00", CultureInfo.InvariantCulture),
            "MiB",
            "≤ 1"
        );
        perClient.ShouldBeLessThan(4);
    }

    private async Task<long> PeakGrowthAsync(bool isStalled)
    {
        var settings = new Dictionary<string, string>
        {
            ["RateLimits__Enabled"] = "false",
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_gcConcurrent"] = "0",
            ["DOTNET_GCgen0size"] = "400000",
        };
        await using var stage = await Stage.OpenAsync(database, settings);
        var workflow = await stage.WorkflowOfAsync(stage.People);
        await using var author = await stage.ConnectAsync(stage.People[0], IgnoreCalls.Instance);
        var clients = await Task.WhenAll(Enumerable.Range(0, Sizes.StalledClients).Select(_ => OpenAsync(stage, workflow)));
        var content = new string('x', MessageCharacters);
        await PostAsync(WarmUp, clients);

        if (isStalled)
        {
            foreach (var client in clients)
            {
                client.PauseReading();
            }
        }

        var before = stage.Node.ResidentBytes;
        var peak = before;
        var posting = PostAsync(Groups, isStalled ? [] : clients);
        while (!posting.IsCompleted)
        {
            peak = Math.Max(peak, stage.Node.ResidentBytes);
            await Task.Delay(Sampling);
        }

        await posting;
        foreach (var client in clients)
        {
            if (isStalled)
            {
                // That it stalled at all, and that its session outlives the connection.
                var person = stage.People[1];
                await Eventually.TrueAsync(
                    TimeSpan.FromSeconds(20),
                    async () => !await stage.Rest.IsConnectedAsync(Stage.TokenOf(person), client.Session.Id)
                );
            }
            else
            {
                client.Closed.IsCompleted.ShouldBeFalse();
            }

            await client.DisposeAsync();
        }

        return peak - before;

        async Task PostAsync(int groups, IReadOnlyList<HubSocket> readers)
        {
            for (var i = 0; i < groups; i++)
            {
                await Load.PostAsync(author, workflow, Group, _ => content);
                // An answer comes after what was sent to the client before it.
                await Task.WhenAll(readers.Select(reader => reader.InvokeAsync("SetTyping", workflow, false)));
            }
        }
    }

    private static async Task<HubSocket> OpenAsync(Stage stage, Guid workflow)
    {
        var options = new HubSocketOptions
        {
            Server = stage.Node.Url,
            AccessToken = Stage.TokenOf(stage.People[1]),
            // What the kernel keeps for the client is not the server's.
            ReceiveBufferBytes = 4096,
        };
        var hub = await HubSocket.ConnectAsync(options, IgnoreCalls.Instance);
        await hub.InvokeAsync("JoinWorkflow", workflow);
        return hub;
    }
}
