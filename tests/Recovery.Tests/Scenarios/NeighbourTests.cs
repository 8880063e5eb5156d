using BmadServer.Recovery.Tests.Chaos;
using BmadServer.Recovery.Tests.Clients;
using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.Scenarios;

/// <summary>Promise 10: a bad client hurts only itself.</summary>
[TestFixture(DatabaseKind.Sqlite, Category = nameof(DatabaseKind.Sqlite))]
[TestFixture(DatabaseKind.Postgres, Category = nameof(DatabaseKind.Postgres))]
public sealed class NeighbourTests(DatabaseKind database)
{
    private const int GoodClients = 200;
    private const int Rooms = 10;

    /// <summary>Of the whole server, spread over the rooms. A tenth of them is big.</summary>
    private const int MessagesPerSecond = 50;

    private const int BigCharacters = 12_000;

    /// <summary>By the flooding client, in one write: some 50 KiB.</summary>
    private const int CallsAtOnce = 600;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Test]
    public async Task Good_clients_do_not_notice_a_stalled_and_a_flooding_one()
    {
        await using var stage = await Stage.OpenAsync(database);
        var good = stage.People.Take(Stage.Crowd - 2).ToList();
        var (stalledPerson, flooder) = (stage.People[^2], stage.People[^1]);
        var rooms = await Task.WhenAll(Enumerable.Range(0, Rooms).Select(_ => stage.WorkflowOfAsync(stage.People)));
        var clients = await OpenAsync(stage, good, rooms);
        try
        {
            // These only warm the server up.
            await RoundAsync(clients, rooms, number: -1);
            await RoundAsync(clients, rooms, number: 0);
            var (without, beside) = (new List<Round>(), new List<Round>());
            var closing = new List<(TimeSpan Stalled, TimeSpan Flooding)>();
            for (var i = 0; i < Sizes.NeighbourRounds; i++)
            {
                without.Add(await RoundAsync(clients, rooms, number: (2 * i) + 1));
                BadClient[] now =
                [
                    // Rooms[0] is the one with the big messages.
                    await StalledAsync(stage, stalledPerson, rooms[0]),
                    await FloodingAsync(stage, flooder, rooms[1]),
                ];
                beside.Add(await RoundAsync(clients, rooms, number: (2 * i) + 2));
                closing.Add(await ClosedAsync(clients, rooms, now));
                foreach (var client in now)
                {
                    await ComesBackAsync(stage, client);
                }
            }

            Report("ack", without, beside, round => round.AckMilliseconds);
            Report("push", without, beside, round => round.PushMilliseconds);
            ReportClosing("stalled client is disconnected after its room got hot", closing.Max(times => times.Stalled));
            ReportClosing("flooding client is disconnected after it began", closing.Max(times => times.Flooding));
            var truth = await Task.WhenAll(rooms.Select(room => stage.Rest.TruthAsync(Stage.TokenOf(good[0]), room)));
            HistoryChecker.Check([.. clients.Select(client => client.Client.History())], truth).ShouldBeEmpty();
            clients.ShouldAllBe(client => client.Client.History().Entries.OfType<Dropped>().Count() == 0);
        }
        finally
        {
            await Parallel.ForEachAsync(clients, async (client, _) => await client.Client.DisposeAsync());
        }
    }

    private void Report(string what, List<Round> without, List<Round> beside, Func<Round, IReadOnlyCollection<double>> of)
    {
        var alone = without.Select(round => of(round).At(0.99)).ToList().Median();
        var together = beside.Select(round => of(round).At(0.99)).ToList().Median();
        var each = string.Join(" ", without.Zip(beside, (a, b) => $"{of(a).At(0.99):0.0}/{of(b).At(0.99):0.0}"));
        var name = $"p99 of {what} for {GoodClients} good clients";
        Figures.Report($"{name} alone, {database}", alone, "ms", "");
        Figures.Report($"{name} beside a stalled and a flooding one, {database} (rounds: {each})", together, "ms", "");
        Figures.Report($"{name}, change, {database}", ((together / alone) - 1) * 100, "%", "≤ +10");
        // Only to notice a server that stops altogether: the machine may be busy with other things.
        together.ShouldBeLessThan(Math.Max(5000, alone * 20));
    }

    private void ReportClosing(string what, TimeSpan latest)
    {
        Figures.Report($"a {what}, latest of {Sizes.NeighbourRounds}, {database}", latest.TotalSeconds, "s", "≤ 10");
        latest.ShouldBeLessThan(3 * Limit);
    }

    private static async Task<IReadOnlyList<Good>> OpenAsync(Stage stage, List<Person> people, Guid[] rooms)
    {
        var events = new EventStore();
        var clients = Enumerable.Range(0, GoodClients).Select(i => GoodClient(stage, people[i % people.Count], i, rooms[i % Rooms], events)).ToList();
        await Parallel.ForEachAsync(
            clients,
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (client, cancel) =>
            {
                client.Client.Start();
                await client.Client.OpenAsync(client.Room, cancel);
            }
        );
        return clients;
    }

    private static Good GoodClient(Stage stage, Person person, int number, Guid room, EventStore events)
    {
        var token = Stage.TokenOf(person);
        var options = new RecordingClientOptions
        {
            Name = $"good {number}",
            UserId = person.Id,
            Server = () => stage.Node.Url,
            AccessToken = () => Task.FromResult(token),
            Seed = number,
            AnswerLimit = TimeSpan.FromSeconds(30),
        };
        return new Good(new RecordingClient(options, events), room);
    }

    /// <summary>A fixed rate, whatever the server does, so that a slow answer delays no send.</summary>
    private static async Task<Round> RoundAsync(IReadOnlyList<Good> clients, Guid[] rooms, int number)
    {
        var start = TimeProvider.System.GetTimestamp();
        var sends = new List<Task<Sent>>();
        for (var i = 0; i < Sizes.NeighbourSeconds * MessagesPerSecond; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / MessagesPerSecond) - TimeProvider.System.GetElapsedTime(start);
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due);
            }

            sends.Add(SendAsync(clients[(i * 7) % clients.Count], $"round {number}, message {i}", rooms));
        }

        var sent = await Task.WhenAll(sends).WaitAsync(Patience);
        var pushes = new List<double>();
        foreach (var client in clients)
        {
            foreach (var message in sent.Where(message => message.Room == client.Room))
            {
                await Eventually.TrueAsync(Patience, () => client.Client.Has(message.Room, message.Sequence));
                var at = client.Client.AppliedAt(message.Room, message.Sequence)!.Value;
                pushes.Add(TimeProvider.System.GetElapsedTime(message.At, at).TotalMilliseconds);
            }
        }

        return new Round([.. sent.Select(message => message.AckMilliseconds)], pushes);
    }

    private static async Task<Sent> SendAsync(Good client, string content, Guid[] rooms)
    {
        var text = client.Room == rooms[0] ? content.PadRight(BigCharacters) : content;
        var at = TimeProvider.System.GetTimestamp();
        var ack = await client.Client.SendAsync(client.Room, text);
        return new Sent(client.Room, ack!.Sequence, at, TimeProvider.System.GetElapsedTime(at).TotalMilliseconds);
    }

    /// <summary>Opens the hot room and reads nothing any more.</summary>
    private static async Task<BadClient> StalledAsync(Stage stage, Person person, Guid room)
    {
        var options = new HubSocketOptions { Server = stage.Node.Url, AccessToken = Stage.TokenOf(person), ReceiveBufferBytes = 4096 };
        var hub = await HubSocket.ConnectAsync(options, IgnoreCalls.Instance);
        await hub.InvokeAsync("JoinWorkflow", room);
        hub.PauseReading();
        // It cannot see that it was closed.
        return new BadClient(person, room, hub, UntilDisconnectedAsync(stage, person, hub.Session.Id));
    }

    /// <summary>Calls as fast as it can: a good half sends, the rest what no server can answer.</summary>
    private static async Task<BadClient> FloodingAsync(Stage stage, Person person, Guid room)
    {
        var hub = await stage.ConnectAsync(person, IgnoreCalls.Instance);
        await hub.InvokeAsync("JoinWorkflow", room);
        return new BadClient(person, room, hub, FloodAsync(hub, room));
    }

    private static async Task<TimeSpan> UntilDisconnectedAsync(Stage stage, Person person, Guid session)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (await stage.Rest.IsConnectedAsync(Stage.TokenOf(person), session))
        {
            await Task.Delay(100);
        }

        return TimeProvider.System.GetElapsedTime(start);
    }

    /// <summary>
    /// As much as the connection takes, many calls at a time: calls that are sent one by one cost the sender, who has to share
    /// the processors with the server here, more than they cost the server.
    /// </summary>
    private static async Task<TimeSpan> FloodAsync(HubSocket hub, Guid room)
    {
        string[] frames =
        [
            $$"""{"type":1,"invocationId":"s","target":"SendMessage","arguments":[{"content":"flood","workflowId":"{{room}}"}]}""",
            """{"type":1,"invocationId":"u","target":"NoSuchMethod","arguments":[]}""",
            $$"""{"type":1,"invocationId":"c","target":"CatchUp","arguments":["{{room}}",0]}""",
            """{"type":4,"invocationId":"t","target":"NoSuchStream","arguments":[]}""",
            """{"type":1,"invocationId":"w","target":"JoinWorkflow","arguments":[1,2,3]}""",
            "this is no JSON",
        ];
        var calls = System.Text.Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Repeat(string.Concat(frames.Select(frame => frame + '\u001e')), CallsAtOnce / frames.Length))
        );
        var start = TimeProvider.System.GetTimestamp();
        while (!hub.Closed.IsCompleted)
        {
            try
            {
                await hub.SendFrameAsync(calls);
            }
            catch (ConnectionLostException)
            {
                break;
            }
        }

        await hub.Closed;
        return TimeProvider.System.GetElapsedTime(start);
    }

    /// <summary>
    /// After what was measured, the hot room gets so much that the kernel's buffers of some MiB are soon full: before that, the
    /// server cannot see that somebody does not read.
    /// </summary>
    /// <returns>How long each kind was there at most: a stalled one since the room got hot, a flooding one since it began.</returns>
    private static async Task<(TimeSpan Stalled, TimeSpan Flooding)> ClosedAsync(IReadOnlyList<Good> clients, Guid[] rooms, BadClient[] bad)
    {
        var start = TimeProvider.System.GetTimestamp();
        var hot = clients.Where(client => client.Room == rooms[0]).ToList();
        while (!bad[0].Closing.IsCompleted)
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Patience);
            await Task.WhenAll(hot.Select(client => SendAsync(client, "hot", rooms)));
        }

        return (TimeProvider.System.GetElapsedTime(start), await bad[1].Closing.WaitAsync(Patience));
    }

    /// <summary>It has its session and its workflow, catches up, and may send again once its budget allows.</summary>
    private static async Task ComesBackAsync(Stage stage, BadClient client)
    {
        await using var back = await stage.ConnectAsync(client.Person, IgnoreCalls.Instance, client.Hub.Session.Id);
        await client.Hub.DisposeAsync();
        back.Session.Recovery.ShouldBe("live");
        back.Session.Id.ShouldBe(client.Hub.Session.Id);
        back.Session.JoinedWorkflows.Select(joined => joined.WorkflowId).ShouldBe([client.Room]);
        var log = await OnceAllowedAsync(() => Load.CatchUpAsync(back, client.Room, after: 0));
        log.Select(@event => @event.Sequence).ShouldBe(Enumerable.Range(1, log.Count).Select(n => (long)n));
        var ack = await OnceAllowedAsync(() => Load.PostAsync(back, client.Room, "I behave"));
        ack.Sequence.ShouldBeGreaterThan(log.Count);
    }

    private static async Task<T> OnceAllowedAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (RefusedException refusal) when (refusal.Code == "rate_limited")
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
        }
    }

    private sealed record Good(RecordingClient Client, Guid Room);

    private sealed record Sent(Guid Room, long Sequence, long At, double AckMilliseconds);

    private sealed record Round(IReadOnlyCollection<double> AckMilliseconds, IReadOnlyCollection<double> PushMilliseconds);

    /// <param name="Closing">Ends when the server has closed the connection, with how long that took.</param>
    private sealed record BadClient(Person Person, Guid Room, HubSocket Hub, Task<TimeSpan> Closing);
}
