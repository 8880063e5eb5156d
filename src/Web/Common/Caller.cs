using System.Net;
using System.Security.Claims;
using BmadServer.Application.Auth;
using BmadServer.Application.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Infrastructure.Auth;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Common;

/// <summary>The caller of the present request or hub call, one a scope.</summary>
internal sealed class Caller : ICaller
{
    private HttpContext? _request;
    private HubCallerContext? _connection;

    public UserId UserId => Principal?.UserId() ?? throw AuthErrors.Required();

    public string Name => Principal?.DisplayName() ?? "";

    public TokenFamilyId? FamilyId => Principal?.FamilyId();

    public SessionId? SessionId { get; private set; }

    public IPAddress? Address => (_request ?? _connection?.GetHttpContext())?.Connection.RemoteIpAddress;

    public DateTimeOffset ReceivedAt { get; private set; }

    /// <summary>Asked when needed: a request is received before it is authenticated.</summary>
    private ClaimsPrincipal? Principal => _request is null ? _connection?.User : _request.User;

    public void Begin(HttpContext request, DateTimeOffset receivedAt) => (_request, ReceivedAt) = (request, receivedAt);

    public void Begin(HubCallerContext connection, SessionId? session, DateTimeOffset receivedAt) =>
        (_connection, SessionId, ReceivedAt) = (connection, session, receivedAt);
}
