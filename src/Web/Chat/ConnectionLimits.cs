using BmadServer.Infrastructure;

namespace BmadServer.Web.Chat;

/// <summary>Configuration section <c>Limits</c>: how many connections a node holds.</summary>
internal sealed class ConnectionLimits
{
    public const string Section = "Limits";

    /// <summary>Of one user, each a tab, a device or a program.</summary>
    public int UserConnections { get; init; } = 100;

    /// <summary>Of all users: twice as many as a node was measured with.</summary>
    public int HubConnections { get; init; } = 20_000;

    /// <summary>Beside those of the hub. Each is an open file until its client or a time-out closes it.</summary>
    public int HttpConnections { get; init; } = 10_000;

    /// <exception cref="StartupException">One of them is no number above 0.</exception>
    public static ConnectionLimits Read(IConfiguration configuration)
    {
        configuration.RequirePositive<int>(Section, nameof(UserConnections));
        configuration.RequirePositive<int>(Section, nameof(HubConnections));
        configuration.RequirePositive<int>(Section, nameof(HttpConnections));
        return configuration.Options<ConnectionLimits>(Section);
    }
}
