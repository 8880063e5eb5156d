using System.Text.Json;
using BmadServer.Recovery.Tests.Chaos;
using BmadServer.Recovery.Tests.Clients;
using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.Scenarios;

/// <summary>Promise 3: there is no absence too long to catch up from.</summary>
[TestFixture(DatabaseKind.Sqlite, Category = nameof(DatabaseKind.Sqlite))]
[TestFixture(DatabaseKind.Postgres, Category = nameof(DatabaseKind.Postgres))]
public sealed class CatchUpTests(DatabaseKind database)
{
    private static readonly Dictionary<string, string> Unlimited = new() { ["RateLimits__Enabled"] = "false" };

    private readonly EventStore _events = new();
    private readonly List<RecordingClient> _away = [];
    private Stage _stage = null!;
    private Guid _workflow;
    private long _last;

    /// <summary>Two clients see the beginning and go away, one that starts from a snapshot and one that has the whole log.</summary>
    [OneTimeSetUp]
    public async Task MakeLogAsync()
    {
        _stage = await Stage.OpenAsync(database, Unlimited);
        var (author, reader) = (_stage.People[0], _stage.People[1]);
        _workflow = await _stage.WorkflowOfAsync([author, reader]);
        await using var hub = await _stage.ConnectAsync(author, IgnoreCalls.Instance);
        var first = await Load.PostAsync(hub, _workflow, 20, i => $"seen before {i}");
        foreach (var fromLog in new[] { false, true })
        {
            var client = ClientOf(reader, fromLog);
            _away.Add(client);
            client.Start();
            await client.OpenAsync(_workflow, CancellationToken.None);
            await Eventually.TrueAsync(TimeSpan.FromSeconds(20), () => client.Has(_workflow, first[^1].Sequence));
            await client.GoAwayAsync();
        }

        _last = await HappenAsync(hub, _workflow, [.. first.Select(ack => ack.MessageId)]);
    }

    [OneTimeTearDown]
    public async Task CloseAsync()
    {
        foreach (var client in _away)
        {
            await client.DisposeAsync();
        }

        await _stage.DisposeAsync();
    }

    [Test]
    public async Task A_thousand_events_come_quickly()
    {
        const int warmUp = 10;
        await using var hub = await _stage.ConnectAsync(_stage.People[1], IgnoreCalls.Instance);
        var expected = Enumerable.Range(1, 1000).Select(n => _last - 1000 + n).ToList();
        var milliseconds = new List<double>();
        for (var i = 0; i < warmUp + Sizes.CatchUps; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            var events = await Load.CatchUpAsync(hub, _workflow, _last - 1000);
            var elapsed = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
            events.Select(@event => @event.Sequence).ShouldBe(expected);
            if (i >= warmUp)
            {
                milliseconds.Add(elapsed);
            }
        }

        Figures.Report($"catch-up of 1,000 events in 2 pages, p99 of {milliseconds.Count}, {database}", milliseconds.At(0.99), "ms", "≤ 250");
        Figures.Report($"catch-up of 1,000 events in 2 pages, median, {database}", milliseconds.Median(), "ms", "");
        milliseconds.Median().ShouldBeLessThan(2500);
    }

    [Test]
    public async Task A_client_that_was_away_for_long_catches_up_with_all_of_it()
    {
        foreach (var client in _away)
        {
            var start = TimeProvider.System.GetTimestamp();
            client.Start();
            await Eventually.TrueAsync(TimeSpan.FromSeconds(60), () => client.Has(_workflow, _last));
            var took = TimeProvider.System.GetElapsedTime(start);
            Figures.Report($"back from {Sizes.AwayEvents} events away {client.Name}, connect included, {database}", took.TotalSeconds, "s", "");
        }

        var truth = await _stage.Rest.TruthAsync(Stage.TokenOf(_stage.People[0]), _workflow);
        truth.Log.Count.ShouldBe((int)_last);
        HistoryChecker.Check([.. _away.Select(client => client.History())], [truth]).ShouldBeEmpty();
    }

    /// <summary>Nine posts, then an edit or a deletion of a message from anywhere before, over and over.</summary>
    private static async Task<long> HappenAsync(HubSocket author, Guid workflow, List<Guid> messages)
    {
        const int batch = 100;
        var random = new Random(1);
        long last = 0;
        for (var done = 0; done < Sizes.AwayEvents; done += batch)
        {
            var posts = await Load.PostAsync(author, workflow, batch * 9 / 10, i => $"message {i}");
            last = posts[^1].Sequence;
            messages.AddRange(posts.Select(ack => ack.MessageId));
            for (var i = 0; i < batch / 10; i++)
            {
                var at = random.Next(messages.Count);
                var answer = i % 2 == 0
                    ? await author.InvokeAsync("EditMessage", workflow, messages[at], $"edited {done} {i}")
                    : await author.InvokeAsync("DeleteMessage", workflow, messages[at]);
                last = answer.Deserialize<Ack>(JsonSerializerOptions.Web)!.Sequence;
                if (i % 2 == 1)
                {
                    messages.RemoveAt(at);
                }
            }
        }

        return last;
    }

    private RecordingClient ClientOf(Person person, bool fromLog)
    {
        var token = Stage.TokenOf(person);
        var options = new RecordingClientOptions
        {
            Name = fromLog ? "with the log" : "with a snapshot",
            UserId = person.Id,
            Server = () => _stage.Node.Url,
            AccessToken = () => Task.FromResult(token),
            Seed = 1,
            FromLog = fromLog,
        };
        return new RecordingClient(options, _events);
    }
}
