using BmadServer.Application.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using MediatR;

namespace BmadServer.Application.Sessions;

/// <summary>
/// Whether the caller's sign-in and session still stand. Asked once more when a connection has been taken in: whoever ended
/// either while it was opening could not see the connection yet, and so could not close it.
/// </summary>
public sealed record IsSessionStanding(SessionId SessionId) : IRequest<bool>;

internal sealed class IsSessionStandingHandler(ICaller caller, ISessionRepository sessions, ITokenFamilyRepository families)
    : IRequestHandler<IsSessionStanding, bool>
{
    public async Task<bool> Handle(IsSessionStanding request, CancellationToken cancellationToken) =>
        caller.FamilyId is { } familyId
        && await families.FindAsync(familyId, cancellationToken) is { IsRevoked: false }
        && await sessions.FindAsync(request.SessionId, cancellationToken) is { HasEnded: false };
}
