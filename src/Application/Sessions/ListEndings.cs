using BmadServer.Application.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using MediatR;

namespace BmadServer.Application.Sessions;

/// <summary>
/// The sessions and sign-ins that ended lately, for the server to close what is still connected: the one that ended them may
/// never have learned that it did, or be another node.
/// </summary>
public sealed record ListEndings(DateTimeOffset Since) : IRequest<Endings>;

public sealed record Endings(IReadOnlyList<EndedSession> Sessions, IReadOnlyList<TokenFamilyId> SignIns);

internal sealed class ListEndingsHandler(ISessionRepository sessions, ITokenFamilyRepository families)
    : IRequestHandler<ListEndings, Endings>
{
    /// <summary>The sign-ins first: of one that ended, the sessions are then ended too, and say how.</summary>
    public async Task<Endings> Handle(ListEndings request, CancellationToken cancellationToken)
    {
        var signIns = await families.ListRevokedAsync(request.Since, cancellationToken);
        return new Endings(await sessions.ListEndedAsync(request.Since, cancellationToken), signIns);
    }
}
