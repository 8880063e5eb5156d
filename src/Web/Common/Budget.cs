using System.Net;
using BmadServer.Application.Common;
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

/// <summary>Of what, and whose: a user's or a <see cref="ClientNetwork"/>'s.</summary>
internal readonly record struct Budget(BudgetKind Kind, string Owner)
{
    public static Budget Of(BudgetKind kind, UserId user) => new(kind, $"{user}");

    public static Budget Of(BudgetKind kind, IPAddress? address) => new(kind, ClientNetwork.Of(address));
}

/// <summary>On an endpoint: requests of it have a budget of their own, by address, whoever is signed in.</summary>
internal sealed record BudgetMetadata(BudgetKind Kind);
