namespace BmadServer.Recovery.Tests.Chaos;

internal enum FaultKind
{
    /// <summary>A device's connection is reset.</summary>
    Reset,

    /// <summary>A device's connection is closed in an orderly way.</summary>
    CleanClose,

    /// <summary>Nothing passes between a device and the server for a while, then all of it does.</summary>
    Stall,

    /// <summary>Nothing passes between a device and the server for a while, then the connection is reset.</summary>
    HalfOpen,

    /// <summary>What passes between a device and the server takes longer for a while.</summary>
    Delay,

    /// <summary>All devices' connections are reset at once.</summary>
    ResetAll,

    /// <summary>A device gets no answers for a while, and then its connection is reset.</summary>
    DropAnswers,

    /// <summary>A device gets only some of the pushes for a while.</summary>
    DropPushes,

    /// <summary><c>kill -9</c> of the server, and a start.</summary>
    ServerKill,

    /// <summary>SIGTERM to the server, and a start.</summary>
    ServerRestart,

    /// <summary>PostgreSQL is stopped for a while.</summary>
    PostgresStop,

    /// <summary><c>kill -9</c> of PostgreSQL, and a start after a while.</summary>
    PostgresKill,

    /// <summary>PostgreSQL's connections go silent, and then they are reset.</summary>
    PostgresReset,

    /// <summary>The server's next commits do not reach PostgreSQL: their connections are reset before.</summary>
    CommitLost,

    /// <summary>The server's next commits reach PostgreSQL, and their connections are reset before it hears of it.</summary>
    CommitAnswerLost,

    /// <summary><c>kill -9</c> of PostgreSQL and the server, and a start of both.</summary>
    PowerCut,

    /// <summary><c>kill -9</c> of one node of several, and a start after a while.</summary>
    NodeKill,

    /// <summary>SIGTERM to one node of several, and a start.</summary>
    NodeRestart,

    /// <summary><c>kill -9</c> of Redis, and a start after a while.</summary>
    RedisKill,

    /// <summary>Redis stands still for a while, its connections open.</summary>
    RedisFreeze,

    /// <summary>Nothing passes between one node and Redis for a while; then their connections are reset.</summary>
    RedisPartition,
}

/// <param name="At">Since the start of the load; later if the fault before it is not over.</param>
/// <param name="Device">Which one, where it is about one. Where it is about a node, the remainder by their number says which.</param>
/// <param name="Lasts">How long, where it lasts.</param>
internal sealed record Fault(TimeSpan At, FaultKind Kind, int Device, TimeSpan Lasts)
{
    public override string ToString() => $"{At.TotalSeconds:0.00} s {Kind} device {Device} for {Lasts.TotalSeconds:0.00} s";
}

/// <summary>What goes wrong and when. The same seed and mix give the same faults.</summary>
internal static class FaultSchedule
{
    public static readonly IReadOnlySet<FaultKind> OfServer = new HashSet<FaultKind>
    {
        FaultKind.ServerKill,
        FaultKind.ServerRestart,
        FaultKind.PostgresStop,
        FaultKind.PostgresKill,
        FaultKind.PostgresReset,
        FaultKind.CommitLost,
        FaultKind.CommitAnswerLost,
        FaultKind.PowerCut,
        FaultKind.NodeKill,
        FaultKind.NodeRestart,
        FaultKind.RedisKill,
        FaultKind.RedisFreeze,
        FaultKind.RedisPartition,
    };

    /// <param name="mix">What may happen; a kind that stands twice in it happens twice as often.</param>
    /// <param name="length">Of the load.</param>
    /// <param name="every">The mean time between two faults.</param>
    public static IReadOnlyList<Fault> Make(int seed, IReadOnlyList<FaultKind> mix, int devices, TimeSpan length, TimeSpan every)
    {
        var random = new Random(seed);
        var faults = new List<Fault>();
        var at = every * 0.5;
        while (at < length)
        {
            var kind = mix[random.Next(mix.Count)];
            faults.Add(new Fault(at, kind, random.Next(devices), Length(kind, random)));
            at += every * (0.5 + random.NextDouble());
        }

        return faults;
    }

    private static TimeSpan Length(FaultKind kind, Random random)
    {
        var (shortest, longest) = kind switch
        {
            FaultKind.Stall => (0.1, 2.5),
            // Beyond the patience of a client that waits for an answer, and within it.
            FaultKind.HalfOpen => (0.5, 7),
            FaultKind.Delay => (0.5, 2),
            FaultKind.DropAnswers => (0.1, 0.6),
            FaultKind.DropPushes => (0.3, 1.5),
            FaultKind.PostgresStop or FaultKind.PostgresKill => (0.1, 1.5),
            FaultKind.PostgresReset => (0.1, 0.2),
            FaultKind.CommitLost or FaultKind.CommitAnswerLost => (0.05, 0.2),
            FaultKind.NodeKill or FaultKind.RedisKill => (0.1, 2),
            // Beyond the time after which a node takes it for gone, and within it.
            FaultKind.RedisFreeze or FaultKind.RedisPartition => (0.5, 5),
            FaultKind.NodeRestart => (0, 0.3),
            FaultKind.ServerKill or FaultKind.ServerRestart or FaultKind.PowerCut => (0, 0.3),
            _ => (0.0, 0.0),
        };
        return TimeSpan.FromSeconds(shortest + ((longest - shortest) * random.NextDouble()));
    }
}
