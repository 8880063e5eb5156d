using System.Net;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;

namespace BmadServer.Application.Common;

/// <summary>Who makes the present request, taken from the verified access token and nowhere else.</summary>
public interface ICaller
{
    /// <exception cref="DomainException"><c>auth.required</c>: nobody is signed in.</exception>
    UserId UserId { get; }

    /// <summary>The display name that the access token carries.</summary>
    string Name { get; }

    /// <summary>The sign-in that the access token belongs to, or null when nobody is signed in.</summary>
    TokenFamilyId? FamilyId { get; }

    /// <summary>The session of the hub connection; null for REST.</summary>
    SessionId? SessionId { get; }

    /// <summary>
    /// From which network address, as far as the server knows it: that of the connection, or what a proxy says that the configuration
    /// tells to believe. Null where none called: on the command line.
    /// </summary>
    IPAddress? Address { get; }

    /// <summary>When the server received the request, UTC, in whole microseconds.</summary>
    DateTimeOffset ReceivedAt { get; }
}
