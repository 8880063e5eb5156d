using BmadServer.Recovery.Tests.Chaos;
using BmadServer.Recovery.Tests.Clients;
using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.Scenarios;

/// <summary>
/// Promise 11: a token that runs out under load. Nobody waits 15 minutes: the tests make tokens as the server does, that last for a
/// little more than the 5 s that clocks may differ by.
/// </summary>
[TestFixture(DatabaseKind.Sqlite, Category = nameof(DatabaseKind.Sqlite))]
[TestFixture(DatabaseKind.Postgres, Category = nameof(DatabaseKind.Postgres))]
public sealed class TokenExpiryTests(DatabaseKind database)
{
    private const int Each = 8;

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);

    /// <summary>Of every token: with the skew, good for another seven to eight seconds.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(3);

    [Test]
    public async Task A_renewed_connection_goes_on_without_a_gap_and_another_one_ends_and_can_come_back()
    {
        await using var stage = await Stage.OpenAsync(database);
        var (author, person) = (stage.People[0], stage.People[1]);
        var workflow = await stage.WorkflowOfAsync([author, person]);
        await using var authorHub = await stage.ConnectAsync(author, IgnoreCalls.Instance);
        await using var load = new Load(authorHub, [workflow], TimeSpan.FromMilliseconds(20));

        var renewed = await Task.WhenAll(Enumerable.Range(0, Each).Select(_ => OpenAsync(stage, person, workflow)));
        using var stop = new CancellationTokenSource();
        var renewing = Task.WhenAll(renewed.Select(device => RenewAsync(device, person, stop.Token)));
        var left = await Task.WhenAll(Enumerable.Range(0, Each).Select(_ => OpenAsync(stage, person, workflow)));

        var late = new List<double>();
        foreach (var device in left)
        {
            await device.Hub.Closed.WaitAsync(TimeSpan.FromSeconds(30));
            device.Hub.SessionEnded.ShouldBe("expired");
            var ended = device.Inbox.Arrivals[^1];
            ended.Target.ShouldBe("SessionEnded", "nothing comes after it");
            late.Add((device.TimeOf(ended.At) - (device.Expires + Skew)).TotalSeconds);
        }

        Figures.Report($"SessionEnded after a token's end and 5 s, latest of {Each}, {database}", late.Max(), "s", "≤ 1");
        late.Min().ShouldBeGreaterThan(-0.2, "clocks may differ by 5 s");
        late.Max().ShouldBeLessThan(15);

        foreach (var device in left)
        {
            await ComesBackCompleteAsync(stage, device, person, workflow);
        }

        // Long enough for their first tokens to have run out, too.
        await Eventually.TrueAsync(TimeSpan.FromSeconds(20), () => renewed.All(device => device.Age > Lifetime + Skew + TimeSpan.FromSeconds(2)));
        await stop.CancelAsync();
        await renewing;
        foreach (var device in renewed)
        {
            device.Hub.Closed.IsCompleted.ShouldBeFalse();
            var seen = device.Inbox.Events.Select(@event => @event.Sequence).ToList();
            seen.ShouldBe(Enumerable.Range(0, seen.Count).Select(i => seen[0] + i), "an unbroken row");
            seen.Count.ShouldBeGreaterThan(10);
            device.Renewals.ShouldBeGreaterThan(1);
        }

        Figures.Report($"connections renewed under load without a gap, {database}", renewed.Length, $"of {Each}", "all");
        foreach (var device in renewed.Concat(left))
        {
            await device.Hub.DisposeAsync();
        }
    }

    private static async Task ComesBackCompleteAsync(Stage stage, Device device, Person person, Guid workflow)
    {
        var inbox = new Inbox();
        await using var back = await stage.ConnectAsync(person, inbox, device.Hub.Session.Id);
        back.Session.Id.ShouldBe(device.Hub.Session.Id);
        back.Session.Recovery.ShouldBe("live");
        back.Session.JoinedWorkflows.Select(joined => joined.WorkflowId).ShouldBe([workflow]);

        var before = device.Inbox.Events.Select(@event => @event.Sequence).ToList();
        IReadOnlyList<EventRecord> missed = [];
        await Eventually.TrueAsync(
            TimeSpan.FromSeconds(20),
            async () => (missed = await Load.CatchUpAsync(back, workflow, before[^1])).Count > 0
        );
        var next = missed[^1].Sequence + 1;
        await Eventually.TrueAsync(TimeSpan.FromSeconds(20), () => inbox.Has(next));
        var all = before.Concat(missed.Select(@event => @event.Sequence)).Concat(inbox.Events.Select(@event => @event.Sequence)).Distinct().Order().ToList();
        all.ShouldBe(Enumerable.Range(0, all.Count).Select(i => all[0] + i));
    }

    private static async Task<Device> OpenAsync(Stage stage, Person person, Guid workflow)
    {
        var inbox = new Inbox();
        var now = TimeProvider.System.GetUtcNow();
        // A token says whole seconds.
        var expires = DateTimeOffset.FromUnixTimeSeconds((now + Lifetime).ToUnixTimeSeconds());
        var hub = await stage.ConnectAsync(person, inbox, token: Stage.TokenOf(person, Lifetime));
        await hub.InvokeAsync("JoinWorkflow", workflow);
        return new Device(hub, inbox, expires);
    }

    private static async Task RenewAsync(Device device, Person person, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var answer = await device.Hub.InvokeAsync("RefreshToken", Stage.TokenOf(person, Lifetime));
            answer.GetProperty("expiresAt").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(device.Expires);
            device.Renewals++;
            await Task.Delay(TimeSpan.FromSeconds(0.8), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private sealed class Device(HubSocket hub, Inbox inbox, DateTimeOffset expires)
    {
        private readonly DateTimeOffset _opened = TimeProvider.System.GetUtcNow();
        private readonly long _openedAt = TimeProvider.System.GetTimestamp();

        public HubSocket Hub { get; } = hub;

        public Inbox Inbox { get; } = inbox;

        public DateTimeOffset Expires { get; } = expires;

        public int Renewals { get; set; }

        public TimeSpan Age => TimeProvider.System.GetElapsedTime(_openedAt);

        public DateTimeOffset TimeOf(long timestamp) => _opened + TimeProvider.System.GetElapsedTime(_openedAt, timestamp);
    }
}
