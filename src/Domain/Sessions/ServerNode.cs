namespace BmadServer.Domain.Sessions;

/// <summary>One run of one server process.</summary>
public readonly record struct NodeId(Guid Value)
{
    public static NodeId New(DateTimeOffset now) => new(Guid.CreateVersion7(now));

    public override string ToString() => Value.ToString();
}

/// <summary>
/// A server process that says every few seconds that it is alive. When it dies without a word, its last sign of life is
/// when its sessions' connections dropped.
/// </summary>
public sealed class ServerNode
{
    private ServerNode() { }

    public NodeId Id { get; private init; }

    public DateTimeOffset StartedAt { get; private init; }

    public DateTimeOffset LastSeenAt { get; private set; }

    public static ServerNode Start(NodeId id, DateTimeOffset now) =>
        new() { Id = id, StartedAt = now, LastSeenAt = now };
}
