using System.Globalization;
using System.Net;
using BmadServer.Infrastructure;

namespace BmadServer.Web.Hosting;

/// <summary>Configuration section <c>Metrics</c>: where <c>/metrics</c> is served to Prometheus.</summary>
/// <param name="EndPoint">The address and the port of their own on which it listens.</param>
internal sealed record MetricsOptions(IPEndPoint EndPoint)
{
    /// <returns>Null unless a port is set: then nothing is measured for it and no port is opened.</returns>
    /// <exception cref="StartupException">The port is none, or the address is no IP address.</exception>
    public static MetricsOptions? Read(IConfiguration configuration)
    {
        if (configuration["Metrics:Port"] is not { Length: > 0 } portText)
        {
            return null;
        }

        if (!ushort.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            throw new StartupException($"Metrics__Port must be a port of 1 to 65535, not \"{portText}\".");
        }

        var addressText = configuration["Metrics:Address"] is { Length: > 0 } given ? given : IPAddress.Loopback.ToString();
        return IPAddress.TryParse(addressText, out var address)
            ? new MetricsOptions(new IPEndPoint(address, port))
            : throw new StartupException($"Metrics__Address must be an IP address, not \"{addressText}\".");
    }
}
