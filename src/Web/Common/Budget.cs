using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using BmadServer.Domain.Users;

namespace BmadServer.Web.Common;

internal enum BudgetKind
{
    UserRequests,
    AddressRequests,
    SignIns,
    Refreshes,
    UserConnects,
    AddressConnects,
}

/// <summary>Of what, and whose: a user's or an address'.</summary>
internal readonly record struct Budget(BudgetKind Kind, UInt128 Owner)
{
    public static Budget Of(BudgetKind kind, UserId user)
    {
        Span<byte> bytes = stackalloc byte[16];
        user.Value.TryWriteBytes(bytes);
        return new Budget(kind, BinaryPrimitives.ReadUInt128LittleEndian(bytes));
    }

    /// <param name="address">Null where there is none, as on a Unix socket: then all share one budget.</param>
    public static Budget Of(BudgetKind kind, IPAddress? address)
    {
        if (address is null)
        {
            return new Budget(kind, UInt128.Zero);
        }

        // Whoever has one IPv6 address commonly has the 2^64 beside it too.
        var isOneOfMany = address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false };
        Span<byte> bytes = stackalloc byte[16];
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        if (isOneOfMany)
        {
            bytes[8..].Clear();
        }

        return new Budget(kind, BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }
}

/// <summary>On an endpoint: requests of it have a budget of their own, by address, whoever is signed in.</summary>
internal sealed record BudgetMetadata(BudgetKind Kind);
