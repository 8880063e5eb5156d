using System.Security.Claims;
using BmadServer.Application.Auth;
using BmadServer.Application.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Infrastructure.Auth;

namespace BmadServer.Web.Common;

/// <summary>The caller of the present request or hub call, one a scope.</summary>
internal sealed class Caller : ICaller
{
    private Func<ClaimsPrincipal?> _principal = () => null;

    public UserId UserId => _principal()?.UserId() ?? throw AuthErrors.Required();

    public string Name => _principal()?.DisplayName() ?? "";

    public TokenFamilyId? FamilyId => _principal()?.FamilyId();

    public SessionId? SessionId { get; private set; }

    public DateTimeOffset ReceivedAt { get; private set; }

    /// <param name="principal">Asked when needed: an HTTP request is received before it is authenticated.</param>
    public void Begin(Func<ClaimsPrincipal?> principal, SessionId? session, DateTimeOffset receivedAt) =>
        (_principal, SessionId, ReceivedAt) = (principal, session, receivedAt);
}
