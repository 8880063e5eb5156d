using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using BmadServer.Recovery.Tests.Clients;
using BmadServer.Testing;
using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.Chaos;

/// <summary>
/// Some devices in some new workflows of a world: they write, edit, delete, come and go while things go wrong. Then it gets
/// quiet, all of them get complete, and the checker decides.
/// </summary>
internal sealed class Round : IAsyncDisposable
{
    private const int Workflows = 3;

    private const string InEveryText = "\"Zoë\" 😀";
    private static readonly byte[] InEveryTextUtf8 = Encoding.UTF8.GetBytes(InEveryText);

    /// <summary>Sends that one device lets wait for their answers.</summary>
    private const int MostWaiting = 40;

    /// <summary>From the end of the faults until everybody is back and has every answer.</summary>
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(40);

    /// <summary>From the last message until everybody has it, on connections that nothing happens to.</summary>
    private static readonly TimeSpan LastWordLimit = TimeSpan.FromSeconds(30);

    /// <summary>From the end of a fault of the server to the next one, so that each falls into the load.</summary>
    private static readonly TimeSpan LoadBetween = TimeSpan.FromSeconds(1);

    private readonly World _world;
    private readonly int _seed;
    private readonly List<Device> _devices = [];
    private readonly EventStore _events = new();
    private Tally _faults = new();

    private Round(World world, int seed)
    {
        (_world, _seed) = (world, seed);
    }

    public IReadOnlyList<Guid> WorkflowIds { get; private set; } = [];

    public IReadOnlyList<Device> Devices => _devices;

    /// <summary>Each user has a device; the first users have a second one.</summary>
    /// <param name="devices">Those that write and that faults may happen to.</param>
    /// <param name="answerLimit">A call that takes longer breaks a device's connection.</param>
    public static async Task<Round> StartAsync(World world, int seed, int devices = 8, TimeSpan? answerLimit = null)
    {
        var round = new Round(world, seed);
        var ids = new List<Guid>();
        for (var count = 0; count < Workflows; count++)
        {
            ids.Add(await world.CreateWorkflowAsync($"round {seed}, {count}"));
        }

        round.WorkflowIds = ids;
        for (var place = 0; place < devices; place++)
        {
            var user = world.Users[place % world.Users.Count];
            var name = $"{user.Name} {place}";
            round._devices.Add(new Device(world, user, name, round._events, seed + (1000 * place), fromLog: place % 3 == 1, answerLimit));
        }

        await round.StartDevicesAsync();
        return round;
    }

    /// <summary>Writes on all devices for a while.</summary>
    /// <param name="perSecond">Of each device.</param>
    /// <param name="comeAndGo">Whether they close workflows now and then and open them again.</param>
    public async Task LoadAsync(TimeSpan length, double perSecond = 8, bool comeAndGo = true)
    {
        using var stop = new CancellationTokenSource(length);
        await LoadAsync(perSecond, comeAndGo, stop.Token);
    }

    /// <summary>Writes on all devices while these faults happen; ends when both have ended.</summary>
    public async Task RunAsync(IReadOnlyList<Fault> faults, TimeSpan length, double perSecond = 8)
    {
        using var stop = new CancellationTokenSource(length);
        var load = LoadAsync(perSecond, comeAndGo: true, stop.Token);
        var start = TimeProvider.System.GetTimestamp();
        // What concerns the server comes one after the other, with some load in between; what concerns a device waits for nothing but the device.
        var lanes = faults.GroupBy(fault => FaultSchedule.OfServer.Contains(fault.Kind) ? -1 : fault.Device);
        await Task.WhenAll(lanes.Select(lane => RunLaneAsync([.. lane], start)).Append(load));
    }

    /// <summary>
    /// A device sends messages, and each is committed, but no ack arrives; then the connection is reset, and the device repeats all
    /// of them on the next one.
    /// </summary>
    public static async Task LoseAcksAsync(Device device, Guid workflow, int messages, TimeSpan limit)
    {
        var before = device.DroppedAcks;
        device.DropsAnswers = true;
        for (var count = 0; count < messages; count++)
        {
            _ = device.Client.SendAsync(workflow, $"ack lost {count}");
        }

        await UntilAsync(limit, () => device.DroppedAcks - before >= messages || !device.Client.IsOnline);
        device.DropsAnswers = false;
        device.Network.ResetConnections();
    }

    /// <summary>Waits until all devices are complete, and fails the test if anything that they did or saw is wrong.</summary>
    /// <param name="repeat">The command that runs the same again, for the message of a failure.</param>
    public async Task<Tally> FinishAsync(string repeat)
    {
        var (tally, failure) = await JudgeAsync(repeat);
        if (failure is not null)
        {
            Assert.Fail(failure);
        }

        return tally;
    }

    /// <summary>Waits until all devices are complete, and checks everything that they did and saw.</summary>
    /// <returns>What happened, and what was wrong, in words, if anything was.</returns>
    public async Task<(Tally Tally, string? Failure)> JudgeAsync(string repeat)
    {
        _devices.ForEach(device => device.Heal());
        var settled = await UntilAsync(SettleLimit, () => _devices.All(IsSettled));
        foreach (var workflow in WorkflowIds)
        {
            if (settled && await _devices[0].Client.SendAsync(workflow, "the last word").WaitAsync(LastWordLimit) is { } ack)
            {
                await UntilAsync(LastWordLimit, () => _devices.All(device => device.Client.Has(workflow, ack.Sequence)));
            }
        }

        var clients = _devices.Select(device => device.Client.History()).ToList();
        var truth = new List<WorkflowTruth>();
        foreach (var workflow in WorkflowIds)
        {
            var found = await _world.TruthAsync(workflow);
            truth.Add(found with { Log = [.. found.Log.Select(_events.Keep)] });
        }

        var violations = HistoryChecker.Check(clients, truth);
        var tally = Tally.Of(clients, truth, violations) + _faults;
        TestContext.Progress.WriteLine($"  {_world.Database}, seed {_seed}: {tally}");
        var isFine = violations.Count == 0 && settled;
        return (tally, isFine ? null : Describe(repeat, settled, clients, truth, violations));
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_devices.Select(device => device.DisposeAsync().AsTask()));
    }

    public static async Task<bool> UntilAsync(TimeSpan limit, Func<bool> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > limit)
            {
                return false;
            }

            await Task.Delay(20);
        }

        return true;
    }

    private bool IsSettled(Device device) =>
        device.Client.IsOnline && device.Client.Waiting == 0 && WorkflowIds.All(device.Client.IsOpen);

    private async Task StartDevicesAsync()
    {
        using var limit = new CancellationTokenSource(SettleLimit);
        foreach (var device in _devices)
        {
            device.Client.Start();
        }

        await Task.WhenAll(_devices.SelectMany(device => WorkflowIds.Select(workflow => device.Client.OpenAsync(workflow, limit.Token))));
        // A workflow is open a little before its device has caught up and sends anything: a fault in between would hit nothing.
        (await UntilAsync(SettleLimit, () => _devices.All(IsSettled))).ShouldBeTrue("the devices did not come up");
    }

    private Task LoadAsync(double perSecond, bool comeAndGo, CancellationToken stop) =>
        Task.WhenAll(_devices.Select((device, place) => new Load(this, device, _seed + place, comeAndGo).RunAsync(perSecond, stop)));

    private async Task RunLaneAsync(IReadOnlyList<Fault> faults, long start)
    {
        foreach (var fault in faults)
        {
            var wait = fault.At - TimeProvider.System.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait);
            }

            await HappenAsync(fault);
            if (FaultSchedule.OfServer.Contains(fault.Kind))
            {
                // Where nothing has to start, the load is back at once.
                await Task.Delay(IsBrief(fault.Kind) ? LoadBetween / 3 : LoadBetween);
            }
        }
    }

    private static bool IsBrief(FaultKind kind) =>
        kind is FaultKind.PostgresReset or FaultKind.CommitLost or FaultKind.CommitAnswerLost;

    private async Task HappenAsync(Fault fault)
    {
        var device = _devices[fault.Device];
        var network = device.Network;
        switch (fault.Kind)
        {
            case FaultKind.Reset:
                network.ResetConnections();
                break;
            case FaultKind.CleanClose:
                network.CloseConnections();
                break;
            case FaultKind.Stall:
                network.Stall();
                await Task.Delay(fault.Lasts);
                network.Resume();
                break;
            case FaultKind.HalfOpen:
                network.Stall();
                await Task.Delay(fault.Lasts);
                network.ResetConnections();
                network.Resume();
                break;
            case FaultKind.Delay:
                network.DelayToClient = network.DelayToServer = TimeSpan.FromMilliseconds(120);
                await Task.Delay(fault.Lasts);
                network.DelayToClient = network.DelayToServer = TimeSpan.Zero;
                break;
            case FaultKind.ResetAll:
                _devices.ForEach(each => each.Network.ResetConnections());
                break;
            case FaultKind.DropAnswers:
                device.DropsAnswers = true;
                await Task.Delay(fault.Lasts);
                network.ResetConnections();
                device.DropsAnswers = false;
                break;
            case FaultKind.DropPushes:
                device.DropsPushesPercent = 50;
                await Task.Delay(fault.Lasts);
                device.DropsPushesPercent = 0;
                break;
            case FaultKind.NodeKill or FaultKind.NodeRestart:
                await HappenToNodeAsync(fault);
                break;
            case FaultKind.RedisKill or FaultKind.RedisFreeze or FaultKind.RedisPartition:
                await HappenToRedisAsync(fault);
                break;
            default:
                await HappenToServerAsync(fault);
                break;
        }
    }

    private async Task HappenToServerAsync(Fault fault)
    {
        var postgres = _world.Postgres;
        switch (fault.Kind)
        {
            case FaultKind.ServerKill:
            case FaultKind.PowerCut when postgres is null:
                await _world.Server.KillAsync();
                await Task.Delay(fault.Lasts);
                await _world.Server.StartAsync();
                _faults += new Tally { ServerKills = 1 };
                break;
            case FaultKind.ServerRestart:
                await _world.Server.StopAsync();
                await Task.Delay(fault.Lasts);
                await _world.Server.StartAsync();
                _faults += new Tally { ServerRestarts = 1 };
                break;
            case FaultKind.PostgresStop when postgres is not null:
                await postgres.StopAsync();
                await Task.Delay(fault.Lasts);
                await postgres.StartAsync();
                _faults += new Tally { PostgresStops = 1 };
                break;
            case FaultKind.PostgresKill when postgres is not null:
                await postgres.KillAsync();
                await Task.Delay(fault.Lasts);
                await postgres.StartAsync();
                _faults += new Tally { PostgresKills = 1 };
                break;
            case FaultKind.PostgresReset when postgres is not null:
                postgres.Proxy.Stall();
                await Task.Delay(fault.Lasts);
                postgres.Proxy.ResetConnections();
                postgres.Proxy.Resume();
                _faults += new Tally { PostgresResets = 1 };
                break;
            case FaultKind.CommitLost when postgres is not null:
                await CutCommitsAsync(postgres.Proxy, Cut.Before, fault.Lasts);
                break;
            case FaultKind.CommitAnswerLost when postgres is not null:
                await CutCommitsAsync(postgres.Proxy, Cut.AtAnswer, fault.Lasts);
                break;
            case FaultKind.PowerCut when postgres is not null:
                await Task.WhenAll(postgres.KillAsync(), _world.Server.KillAsync());
                await Task.Delay(fault.Lasts);
                await postgres.StartAsync();
                await _world.Server.StartAsync();
                _faults += new Tally { ServerKills = 1, PostgresKills = 1 };
                break;
        }
    }

    private async Task HappenToNodeAsync(Fault fault)
    {
        var node = _world.Nodes.All[fault.Device % _world.Nodes.All.Count];
        if (fault.Kind == FaultKind.NodeKill)
        {
            await node.KillAsync();
            _faults += new Tally { ServerKills = 1 };
        }
        else
        {
            await node.StopAsync();
            _faults += new Tally { ServerRestarts = 1 };
        }

        await Task.Delay(fault.Lasts);
        await node.StartAsync();
    }

    private async Task HappenToRedisAsync(Fault fault)
    {
        var redis = _world.Nodes.Redis!;
        switch (fault.Kind)
        {
            case FaultKind.RedisKill:
                await redis.KillAsync();
                await Task.Delay(fault.Lasts);
                await redis.StartAsync();
                break;
            case FaultKind.RedisFreeze:
                redis.Freeze();
                await Task.Delay(fault.Lasts);
                redis.Thaw();
                break;
            default:
                var way = _world.Nodes.WaysToRedis[fault.Device % _world.Nodes.WaysToRedis.Count];
                way.Stall();
                await Task.Delay(fault.Lasts);
                way.ResetConnections();
                way.Resume();
                break;
        }

        _faults += new Tally { RedisFaults = 1 };
    }

    /// <summary>Sends commit with the statement that stores their texts, everything else with a query of its own.</summary>
    private async Task CutCommitsAsync(TcpProxy database, Cut where, TimeSpan lasts)
    {
        var (commits, sends) = (0, 0);
        database.CutAt = bytes =>
        {
            // As PostgreSQL's protocol has it: a query, its length, its text.
            if (bytes.Span.IndexOf("COMMIT\0"u8) >= 0)
            {
                Interlocked.Increment(ref commits);
                return where;
            }

            if (bytes.Span.IndexOf(InEveryTextUtf8) >= 0)
            {
                Interlocked.Increment(ref sends);
                return where;
            }

            return Cut.Nowhere;
        };
        await Task.Delay(lasts);
        database.CutAt = null;
        _faults += new Tally { CommitsCut = Volatile.Read(ref commits), SendsCut = Volatile.Read(ref sends) };
    }

    private string Describe(
        string repeat,
        bool settled,
        IReadOnlyList<ClientHistory> clients,
        IReadOnlyList<WorkflowTruth> truth,
        IReadOnlyList<Violation> violations
    )
    {
        const int shown = 5;
        var file = HistoryFile.Write(_seed, clients, truth, violations);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"seed {_seed} on {_world.Database}. The same again: {repeat}");
        text.AppendLine(CultureInfo.InvariantCulture, $"The histories are in {file}");
        if (!settled)
        {
            var hanging = _devices.Where(device => !IsSettled(device));
            var names = hanging.Select(device => $"{device.Client.Name} (online: {device.Client.IsOnline}, waiting: {device.Client.Waiting})");
            text.AppendLine(CultureInfo.InvariantCulture, $"Not settled within {SettleLimit.TotalSeconds} s: {string.Join(", ", names)}");
            text.AppendLine(CultureInfo.InvariantCulture, $"The server says: {_world.Nodes.Output}");
        }

        foreach (var kind in violations.GroupBy(violation => violation.Kind))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{kind.Key}, {kind.Count()} times:");
            foreach (var violation in kind.Take(shown))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  {violation.Text}");
            }
        }

        return text.ToString();
    }

    /// <summary>One person at one device.</summary>
    private sealed class Load(Round round, Device device, int seed, bool comeAndGo)
    {
        private readonly Random _random = new(seed);
        private readonly List<Task> _renames = [];

        public async Task RunAsync(double perSecond, CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                var pause = TimeSpan.FromSeconds((0.2 + (1.6 * _random.NextDouble())) / perSecond);
                await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (device.Client.Waiting < MostWaiting)
                {
                    await ActAsync(round.WorkflowIds[_random.Next(round.WorkflowIds.Count)]);
                }
            }

            await Task.WhenAll(_renames);
        }

        private async Task ActAsync(Guid workflow)
        {
            switch (_random.Next(100))
            {
                case < 12 when Own(workflow) is { } message:
                    _ = device.Client.EditAsync(workflow, message.MessageId, Text());
                    break;
                case < 17 when Own(workflow) is { } message:
                    _ = device.Client.DeleteAsync(workflow, message.MessageId);
                    break;
                case < 23 when round._devices.FirstOrDefault(other => other != device && other.User == device.User) is { } other:
                    var (text, key) = (Text(), Guid.CreateVersion7().ToString());
                    _ = device.Client.SendAsync(workflow, text, key);
                    _ = other.Client.SendAsync(workflow, text, key);
                    break;
                case < 30 when Own(workflow) is { } message:
                    _ = device.Client.SendAsync(workflow, Text(), replyTo: message.MessageId);
                    break;
                case 30 when device.User == round._world.Users[0]:
                    _renames.Add(RenameAsync(workflow));
                    break;
                case 31 when comeAndGo:
                    await device.Client.LeaveAsync(workflow);
                    device.Client.Open(workflow);
                    break;
                default:
                    _ = device.Client.SendAsync(workflow, Text());
                    break;
            }
        }

        private MessageRecord? Own(Guid workflow)
        {
            var own = device.Client.OwnMessages(workflow);
            return own.Count > 0 ? own[_random.Next(own.Count)] : null;
        }

        /// <summary>Mostly short, now and then long, always with something that has to be escaped.</summary>
        private string Text()
        {
            var length = _random.Next(20) == 0 ? _random.Next(3000) : _random.Next(60);
            return $"{_random.Next()} {InEveryText} {new string('x', length)}";
        }

        /// <summary>Over REST, once: whether it worked, the log says.</summary>
        private async Task RenameAsync(Guid workflow)
        {
            try
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
                using var answer = await device.User.Http.PatchAsJsonAsync(
                    $"/api/v1/workflows/{workflow}",
                    new { title = $"title {_random.Next()}" },
                    limit.Token
                );
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
            {
                // The server was away.
            }
        }
    }
}
