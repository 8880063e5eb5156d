using BmadServer.Application.Common;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using MediatR;

namespace BmadServer.Application.Auth;

/// <summary>
/// Ends the sign-in that the refresh token belongs to; without one, that of the access token. Nothing to end is no error.
/// </summary>
public sealed record Logout(string? RefreshToken) : IRequest
{
    /// <summary>Tokens are secrets, and records print their fields.</summary>
    public override string ToString() => nameof(Logout);
}

internal sealed class LogoutHandler(
    ICaller caller,
    ITokenFamilyRepository families,
    ITokenService tokens,
    SignInEnder signInEnder
) : AsyncRequestHandler<Logout>
{
    protected override async Task Handle(Logout request, CancellationToken cancellationToken)
    {
        if (await FamilyAsync(request.RefreshToken, cancellationToken) is { } family)
        {
            await signInEnder.EndAsync(family, SessionEndReason.LoggedOut, AuditEvent.SignedOut, cancellationToken);
        }
    }

    private async Task<TokenFamilyId?> FamilyAsync(string? refreshToken, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(refreshToken))
        {
            return caller.FamilyId;
        }

        var token = await families.FindTokenAsync(tokens.Hash(refreshToken), cancellationToken);
        return token?.FamilyId ?? caller.FamilyId;
    }
}
