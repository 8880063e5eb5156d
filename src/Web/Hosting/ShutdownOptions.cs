namespace BmadServer.Web.Hosting;

/// <summary>Configuration section <c>Shutdown</c>: how a server that is told to stop takes its leave.</summary>
internal sealed class ShutdownOptions
{
    public const string Section = "Shutdown";

    /// <summary>From when it says that it is not ready until it closes the first connection: for a load balancer to notice.</summary>
    public double NoticeSeconds { get; init; }

    /// <summary>At most, for closing the connections one after the other, so that their clients do not come to other nodes all at once.</summary>
    public double DrainSeconds { get; init; } = 5;
}
