using System.Net;
using System.Net.Sockets;

namespace BmadServer.Application.Common;

/// <summary>
/// From where somebody asks, as far as lock-outs and budgets tell one place from another: an IPv4 address, or the /64 network of an IPv6
/// address, in which one machine may take any address.
/// </summary>
public static class ClientNetwork
{
    /// <summary>Of the longest text.</summary>
    public const int MaximumLength = 64;

    /// <summary>Bytes that name the network of an IPv6 address.</summary>
    private const int NetworkBytes = 8;

    /// <param name="address">Null for one that is not known, which is a place of its own.</param>
    public static string Of(IPAddress? address)
    {
        if (address is null)
        {
            return "unknown";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return $"{address.MapToIPv4()}";
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return $"{address}";
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
