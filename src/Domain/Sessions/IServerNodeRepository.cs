namespace BmadServer.Domain.Sessions;

public interface IServerNodeRepository
{
    /// <summary>Records that the node is alive; makes its record the first time.</summary>
    Task BeatAsync(NodeId id, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Whether another node has shown a sign of life since then.</summary>
    Task<bool> AnyOtherAsync(NodeId than, DateTimeOffset aliveSince, CancellationToken cancellationToken);

    /// <summary>
    /// Forgets the nodes without a sign of life since <paramref name="silentSince"/>; the connections that they held are
    /// marked as dropped at that node's last sign of life.
    /// </summary>
    /// <returns>How many nodes were forgotten.</returns>
    Task<int> ReleaseSilentAsync(DateTimeOffset silentSince, CancellationToken cancellationToken);
}
