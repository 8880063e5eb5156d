using System.Security.Cryptography;
using BmadServer.Testing;

namespace BmadServer.Recovery.Tests.Chaos;

/// <summary>
/// The servers of a world. Where there are several, they share Redis, each over a network of its own, and whoever connects gets the next
/// one that is running, as behind a load balancer.
/// </summary>
internal sealed class Nodes : IAsyncDisposable
{
    private readonly TcpProxy? _front;
    private int _next = -1;

    private Nodes(IReadOnlyList<ServerNode> all, LocalRedis? redis, IReadOnlyList<TcpProxy> waysToRedis)
    {
        (All, Redis, WaysToRedis) = (all, redis, waysToRedis);
        _front = all.Count > 1 ? new TcpProxy(NextPort) : null;
    }

    public IReadOnlyList<ServerNode> All { get; }

    /// <summary>Null where there is one node.</summary>
    public LocalRedis? Redis { get; }

    /// <summary>Of each node; none where there is one.</summary>
    public IReadOnlyList<TcpProxy> WaysToRedis { get; }

    /// <summary>Where REST calls go.</summary>
    public Uri Url => _front?.Url ?? All[0].Url;

    public string Output => string.Join('\n', All.Select((node, place) => $"node {place}:\n{node.Output}"));

    public static async Task<Nodes> StartAsync(int count, IReadOnlyDictionary<string, string> settings)
    {
        if (count == 1)
        {
            return new Nodes([await ServerNode.StartNewAsync(settings)], redis: null, []);
        }

        var redis = LocalRedis.Create();
        await redis.StartAsync();
        var ways = Enumerable.Range(0, count).Select(_ => new TcpProxy(redis.Port)).ToList();
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var nodes = new List<ServerNode>();
        foreach (var way in ways)
        {
            var own = new Dictionary<string, string>(settings)
            {
                ["Jwt__SigningKey"] = key,
                ["ConnectionStrings__redis"] = $"127.0.0.1:{way.Port}",
            };
            nodes.Add(await ServerNode.StartNewAsync(own));
        }

        return new Nodes(nodes, redis, ways);
    }

    /// <summary>The port of the next node that runs; of any, if none does.</summary>
    public int NextPort()
    {
        for (var tries = 0; tries < All.Count; tries++)
        {
            var node = All[(int)((uint)Interlocked.Increment(ref _next) % All.Count)];
            if (node.IsRunning)
            {
                return node.Port;
            }
        }

        return All[0].Port;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in new IEnumerable<IAsyncDisposable?>[] { [_front], All, WaysToRedis, [Redis] }.SelectMany(parts => parts))
        {
            await (part?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }
}
