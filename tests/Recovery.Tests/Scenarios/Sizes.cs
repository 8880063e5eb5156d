using System.Globalization;

namespace BmadServer.Recovery.Tests.Scenarios;

/// <summary>
/// How much the scenarios do. The defaults are what fits into everyday test runs; the environment variable
/// <c>BMADSERVER_RECOVERY_{NAME}</c>, for example <c>BMADSERVER_RECOVERY_RESTART_CLIENTS</c>, sets another number.
/// </summary>
internal static class Sizes
{
    /// <summary>Clients that are connected when the server is killed.</summary>
    public static int RestartClients => Get("RESTART_CLIENTS", 500);

    /// <summary>Of them, in one workflow.</summary>
    public static int RestartRoom => Get("RESTART_ROOM", 10);

    /// <summary>Rounds without and with bad clients, each.</summary>
    public static int NeighbourRounds => Get("NEIGHBOUR_ROUNDS", 2);

    /// <summary>Seconds of one round.</summary>
    public static int NeighbourSeconds => Get("NEIGHBOUR_SECONDS", 2);

    public static int StalledClients => Get("STALLED_CLIENTS", 30);

    /// <summary>Of each way of ending an access; at most 55.</summary>
    public static int Revocations => Get("REVOCATIONS", 15);

    /// <summary>Of a catch-up of 1,000 events.</summary>
    public static int CatchUps => Get("CATCH_UPS", 100);

    /// <summary>Events that a client was away for; at least 1,000.</summary>
    public static int AwayEvents => Get("AWAY_EVENTS", 1_200);

    /// <summary>Workflows that are open while nothing happens.</summary>
    public static int IdleWorkflows => Get("IDLE_WORKFLOWS", 20);

    /// <summary>For how long nothing happens.</summary>
    public static int IdleSeconds => Get("IDLE_SECONDS", 2);

    /// <summary>Clients of a node that is killed while another goes on.</summary>
    public static int NodeClients => Get("NODE_CLIENTS", 200);

    /// <summary>Of sending from node to node, and for how long Redis is away.</summary>
    public static int NodeSeconds => Get("NODE_SECONDS", 5);

    /// <summary>On one of two nodes.</summary>
    public static int NodeSendsPerSecond => Get("NODE_SENDS_PER_SECOND", 50);

    private static int Get(string name, int usual) =>
        Environment.GetEnvironmentVariable($"BMADSERVER_RECOVERY_{name}") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : usual;
}
