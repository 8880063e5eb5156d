using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Auth;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>An open connection as <see cref="LiveConnections"/> knows it, and changes it under its lock.</summary>
/// <param name="version">The session's version when this connection took it.</param>
internal sealed class LiveConnection(SessionId session, HubCallerContext context, int version)
{
    public SessionId Session { get; } = session;

    public HubCallerContext Context { get; } = context;

    public string Id { get; } = context.ConnectionId;

    public UserId UserId { get; } = context.User!.UserId()!.Value;

    public string Name { get; } = context.User!.DisplayName();

    public int Version { get; } = version;

    /// <summary>The sign-in of the access token that it has now.</summary>
    public TokenFamilyId FamilyId { get; set; } = context.User!.FamilyId()!.Value;

    /// <summary>When that token runs out.</summary>
    public DateTimeOffset AccessExpiresAt { get; set; } = context.User!.TokenExpiresAt()!.Value;

    /// <summary>What the device has opened and not closed, whether or not its user may see it at the moment.</summary>
    public HashSet<WorkflowId> Opened { get; } = [];
}
