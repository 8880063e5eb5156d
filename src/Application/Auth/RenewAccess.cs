using BmadServer.Application.Common;
using BmadServer.Application.Sessions;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using MediatR;

namespace BmadServer.Application.Auth;

/// <summary>
/// Gives the caller's open connection a new access token. One of another sign-in of the same user is taken too: from then on
/// the session belongs to that sign-in.
/// </summary>
public sealed record RenewAccess(string? AccessToken, string ConnectionId) : IRequest<RenewedAccess>
{
    /// <summary>The token is a secret, and records print their fields.</summary>
    public override string ToString() => nameof(RenewAccess);
}

/// <param name="ExpiresAt">When the new token runs out, and with it the connection, unless it is renewed again.</param>
public sealed record RenewedAccess(DateTimeOffset ExpiresAt);

internal sealed class RenewAccessHandler(
    ICaller caller,
    ITokenService tokens,
    ITokenFamilyRepository families,
    ISessionRepository sessions,
    ILiveConnections connections,
    SignInEnder signIns,
    IUnitOfWork unitOfWork
) : IRequestHandler<RenewAccess, RenewedAccess>
{
    public async Task<RenewedAccess> Handle(RenewAccess request, CancellationToken cancellationToken)
    {
        var sessionId = caller.SessionId ?? throw SessionErrors.NotFound();
        var token = await tokens.ReadAccessTokenAsync(request.AccessToken);
        if (token is null || token.UserId != caller.UserId)
        {
            throw AuthErrors.TokenInvalid();
        }

        await OptimisticConcurrency.RetryAsync(
            () => unitOfWork.ExecuteAsync(cancel => TakeAsync(sessionId, request.ConnectionId, token.FamilyId, cancel), cancellationToken)
        );

        // Whoever ended the sign-in before the session was moved to it found no session to end.
        if (await unitOfWork.ReadAsync(cancel => families.FindAsync(token.FamilyId, cancel), cancellationToken) is not { IsRevoked: false })
        {
            await signIns.EndAsync(token.FamilyId, SessionEndReason.Revoked, AuditEvent.SessionsEnded, cancellationToken);
            throw AuthErrors.TokenInvalid();
        }

        connections.RenewAccess(sessionId, request.ConnectionId, token.FamilyId, token.ExpiresAt);
        return new RenewedAccess(token.ExpiresAt);
    }

    private async Task<bool> TakeAsync(
        SessionId sessionId,
        string connectionId,
        TokenFamilyId familyId,
        CancellationToken cancellationToken
    )
    {
        var family = await families.FindAsync(familyId, cancellationToken);
        if (family is null || family.IsRevoked || family.UserId != caller.UserId)
        {
            throw AuthErrors.TokenInvalid();
        }

        var session = await sessions.FindAsync(sessionId, cancellationToken) ?? throw SessionErrors.NotFound();
        if (session.ConnectionId != connectionId)
        {
            // It has a newer connection, which came with a token of its own.
            throw SessionErrors.NotFound();
        }

        session.MoveTo(familyId);
        return true;
    }
}
