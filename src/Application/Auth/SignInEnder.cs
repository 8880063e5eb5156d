using BmadServer.Application.Audit;
using BmadServer.Application.Common;
using BmadServer.Application.Sessions;
using BmadServer.Domain.Audit;
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
    AuditTrail audit,
    TimeProvider time
)
{
    /// <param name="what">Goes into the audit log, unless the sign-in has ended before.</param>
    public async Task EndAsync(TokenFamilyId familyId, SessionEndReason reason, AuditEvent what, CancellationToken cancellationToken)
    {
        var ended = await OptimisticConcurrency.RetryAsync(
            () => unitOfWork.ExecuteAsync(token => RevokeAsync(familyId, reason, what, token), cancellationToken)
        );

        // All at once: none receives anything more while another is being told.
        await Task.WhenAll(ended.Select(session => connections.CloseAsync(session, reason)));
    }

    /// <summary>Ends all sign-ins and sessions of a user, in one transaction with what is done to the account.</summary>
    /// <param name="change">Comes first: what it locks of the account, a sign-in that begins at the same time has to wait for.</param>
    /// <param name="except">A sign-in that stays, and its sessions with it.</param>
    /// <returns>How many sessions were open.</returns>
    public async Task<int> EndAllAsync(
        UserId user,
        SessionEndReason reason,
        Func<CancellationToken, Task> change,
        CancellationToken cancellationToken,
        TokenFamilyId? except = null
    )
    {
        var ended = await OptimisticConcurrency.RetryAsync(
            () =>
                unitOfWork.ExecuteAsync(
                    async token =>
                    {
                        await change(token);
                        return await RevokeAllAsync(user, except, reason, token);
                    },
                    cancellationToken
                )
        );
        await Task.WhenAll(ended.Select(session => connections.CloseAsync(session, reason)));
        return ended.Count;
    }

    private async Task<IReadOnlyList<SessionId>> RevokeAllAsync(
        UserId user,
        TokenFamilyId? except,
        SessionEndReason reason,
        CancellationToken cancellationToken
    )
    {
        var now = time.Now();
        await families.RevokeAllAsync(user, except, now, cancellationToken);
        var open = await sessions.FindOpenAsync(user, cancellationToken);
        return End([.. open.Where(session => session.FamilyId != except)], reason, now);
    }

    private async Task<IReadOnlyList<SessionId>> RevokeAsync(
        TokenFamilyId familyId,
        SessionEndReason reason,
        AuditEvent what,
        CancellationToken cancellationToken
    )
    {
        var now = time.Now();
        var family = await families.FindAsync(familyId, cancellationToken);
        if (family is { IsRevoked: false })
        {
            family.Revoke(now);
            audit.Record(what, family.UserId);
        }

        return End(await sessions.ListOpenAsync(familyId, cancellationToken), reason, now);
    }

    private static IReadOnlyList<SessionId> End(IReadOnlyList<Session> open, SessionEndReason reason, DateTimeOffset now)
    {
        foreach (var session in open)
        {
            session.End(reason, now);
        }

        return [.. open.Select(session => session.Id)];
    }
}
