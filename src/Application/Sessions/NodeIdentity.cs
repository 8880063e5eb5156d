using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;

namespace BmadServer.Application.Sessions;

/// <summary>Which server process this is; made anew with every start.</summary>
public sealed class NodeIdentity(TimeProvider time)
{
    /// <summary>How often a node says that it is alive.</summary>
    public static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(5);

    /// <summary>After how long a silence a node counts as dead.</summary>
    public static readonly TimeSpan MaximumSilence = TimeSpan.FromSeconds(20);

    /// <summary>After how long a silence a node's users no longer count as present: it has missed two signs of life.</summary>
    private static readonly TimeSpan MaximumSilenceOfPresent = (BeatInterval * 2) + TimeSpan.FromSeconds(2);

    public NodeId Id { get; } = NodeId.New(time.Now());

    /// <summary>Other nodes whose last sign of life is older do not count as alive, when it is about who is present.</summary>
    public static DateTimeOffset AliveSince(TimeProvider time) => time.Now() - MaximumSilenceOfPresent;
}
