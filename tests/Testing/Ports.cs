using System.Net;
using System.Net.Sockets;

namespace BmadServer.Testing;

/// <summary>
/// Free ports below those that the system hands out to outgoing connections. A server that is down leaves its port free for a
/// while; were it one of those, some client's connection could take it, or a client that tries to reach it could even
/// connect to itself.
/// </summary>
public static class Ports
{
    private const int Lowest = 10_240;

    /// <summary>Where most systems begin with the ports of outgoing connections, or lower.</summary>
    private const int UsualEnd = 32_768;

    private const int Tries = 200;

    /// <summary>A port on 127.0.0.1 that nobody listens on now.</summary>
    public static int FindFree()
    {
        var end = End();
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var port = Random.Shared.Next(Lowest, end);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }

        throw new InvalidOperationException($"There is no free port from {Lowest} to {end}.");
    }

    private static int End()
    {
        const string setting = "/proc/sys/net/ipv4/ip_local_port_range";
        if (!File.Exists(setting))
        {
            return UsualEnd;
        }

        var first = int.Parse(File.ReadAllText(setting).Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture);
        // A machine may hand out all of them; then there is nothing to keep away from.
        return first > Lowest + Tries ? first : UsualEnd;
    }
}
