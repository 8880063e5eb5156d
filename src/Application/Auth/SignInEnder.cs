using BmadServer.Application.Common;
using BmadServer.Application.Sessions;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;

namespace BmadServer.Application.Auth;

/// <summary>Ends a sign-in with all that hangs on it: its tokens, its sessions and their open connections.</summary>
internal sealed class SignInEnder(
    ITokenFamilyRepository families,
    ISessionRepository sessions,
    ILiveConnections connections,
    IUnitOfWork unitOfWork,
    TimeProvider time
)
{
    public async Task EndAsync(TokenFamilyId familyId, SessionEndReason reason, CancellationToken cancellationToken)
    {
        var ended = await OptimisticConcurrency.RetryAsync(
            () => unitOfWork.ExecuteAsync(token => RevokeAsync(familyId, reason, token), cancellationToken)
        );

        // All at once: none receives anything more while another is being told.
        await Task.WhenAll(ended.Select(session => connections.CloseAsync(session, reason)));
    }

    private async Task<IReadOnlyList<SessionId>> RevokeAsync(
        TokenFamilyId familyId,
        SessionEndReason reason,
        CancellationToken cancellationToken
    )
    {
        var now = time.Now();
        var family = await families.FindAsync(familyId, cancellationToken);
        family?.Revoke(now);
        var open = await sessions.ListOpenAsync(familyId, cancellationToken);
        foreach (var session in open)
        {
            session.End(reason, now);
        }

        return [.. open.Select(session => session.Id)];
    }
}
