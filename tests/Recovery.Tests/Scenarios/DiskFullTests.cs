using BmadServer.Recovery.Tests.Clients;
using BmadServer.Testing;
using Microsoft.Data.Sqlite;

namespace BmadServer.Recovery.Tests.Scenarios;

/// <summary>The embedded database on a file system that fills up: what cannot be stored is refused, and nothing else is harmed.</summary>
public sealed class DiskFullTests
{
    /// <summary>Room for the database, its log of up to 4 MiB, and the messages of the test.</summary>
    private const int Bytes = 16 << 20;

    /// <summary>What fits into files that are there already is stored, so it takes a while until the first refusal.</summary>
    private const int MostUntilRefused = 5_000;

    private static readonly Dictionary<string, string> Unlimited = new() { ["RateLimits__Enabled"] = "false" };

    private readonly List<string> _acked = [];
    private readonly List<string> _refused = [];

    [Test]
    public async Task Sends_are_refused_while_the_disk_is_full_and_none_is_lost()
    {
        using var disk = SmallFileSystem.TryMount(Bytes, out var obstacle);
        if (disk is null)
        {
            Assert.Ignore(obstacle);
        }

        await using (var stage = await Stage.OpenAsync(Chaos.DatabaseKind.Sqlite, Unlimited, disk.Path))
        {
            var workflow = await stage.WorkflowOfAsync([stage.People[0], stage.People[1]]);
            await using var hub = await stage.ConnectAsync(stage.People[0], IgnoreCalls.Instance);
            await SendAsync(hub, workflow, "before");
            _refused.ShouldBeEmpty();

            disk.Fill();
            await SendUntilRefusedAsync(hub, workflow);
            for (var i = 0; i < 20; i++)
            {
                await SendAsync(hub, workflow, $"while full {i}");
            }

            var newcomer = await Should.ThrowAsync<RefusedException>(() => stage.ConnectAsync(stage.People[1], IgnoreCalls.Instance));
            newcomer.Code.ShouldBe("service.unavailable");
            // Reading goes on.
            (await KeysAsync(hub, workflow)).ShouldBe(_acked);

            disk.Clear();
            foreach (var key in _refused.ToArray())
            {
                _refused.Remove(key);
                await SendAsync(hub, workflow, key);
            }

            _refused.ShouldBeEmpty();
            (await KeysAsync(hub, workflow)).ShouldBe(_acked);
            CheckIntegrity(disk);

            // A server that is killed while there is no room comes back with all that it acknowledged.
            disk.Fill();
            await SendUntilRefusedAsync(hub, workflow);
            _refused.Clear();
            await stage.Node.KillAsync();
            disk.Clear();
            await stage.Node.StartAsync();
            await using var back = await stage.ConnectAsync(stage.People[0], IgnoreCalls.Instance);
            (await KeysAsync(back, workflow)).Intersect(_acked).ShouldBe(_acked);
            CheckIntegrity(disk);
            Figures.Report("acked messages missing after a full disk, Sqlite", 0, $"of {_acked.Count}", "0");
        }
    }

    private static void CheckIntegrity(SmallFileSystem disk)
    {
        var file = Path.Combine(disk.Path, "bmadserver.db");
        using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        command.ExecuteScalar().ShouldBe("ok");
    }

    /// <summary>The keys of the messages in the log, in their order; the log itself must have no gap.</summary>
    private static async Task<IReadOnlyList<string>> KeysAsync(HubSocket hub, Guid workflow)
    {
        var events = await Load.CatchUpAsync(hub, workflow, after: 0);
        events.Select(@event => @event.Sequence).ShouldBe(Enumerable.Range(1, events.Count).Select(n => (long)n));
        return [.. events.Select(@event => @event.ClientMessageId).OfType<string>()];
    }

    private async Task SendUntilRefusedAsync(HubSocket hub, Guid workflow)
    {
        for (var i = 0; _refused.Count == 0; i++)
        {
            i.ShouldBeLessThan(MostUntilRefused);
            await SendAsync(hub, workflow, $"filling {_acked.Count}");
        }
    }

    private async Task SendAsync(HubSocket hub, Guid workflow, string key)
    {
        try
        {
            await Load.PostAsync(hub, workflow, new string('x', 4000), key);
            _acked.Add(key);
        }
        catch (RefusedException refusal)
        {
            refusal.Code.ShouldBeOneOf("service.unavailable", "server.error");
            _refused.Add(key);
        }
    }
}
