using System.Security.Cryptography;
using BmadServer.Application.Audit;
using BmadServer.Application.Auth;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Sessions;
using FluentValidation;
using MediatR;

namespace BmadServer.Application.Administration;

/// <summary>Gives the account another password, and ends its sign-ins and sessions. A lock-out ends too; a disabling stays.</summary>
/// <param name="User">The account's email address or id.</param>
/// <param name="Password">Null for a random one.</param>
public sealed record ResetPassword(string User, string? Password) : IRequest<PasswordReset>
{
    /// <summary>The password is a secret, and records print their fields.</summary>
    public override string ToString() => nameof(ResetPassword);
}

/// <param name="NewPassword">The random one, which is kept nowhere; null where one was given.</param>
/// <param name="EndedSessions">How many were open.</param>
public sealed record PasswordReset(Guid Id, string Email, string? NewPassword, int EndedSessions)
{
    /// <inheritdoc cref="ResetPassword.ToString"/>
    public override string ToString() => nameof(PasswordReset);
}

internal sealed class ResetPasswordValidator : AbstractValidator<ResetPassword>
{
    public ResetPasswordValidator() =>
        When(request => request.Password is not null, () => RuleFor(request => request.Password).MustBePassword());
}

internal sealed class ResetPasswordHandler(IUserAccounts accounts, SignInEnder signIns, AuditTrail audit) : IRequestHandler<ResetPassword, PasswordReset>
{
    /// <summary>Without those that are taken for one another when somebody reads them out.</summary>
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>With 31 letters, 99 bits.</summary>
    private const int RandomLetters = 20;

    public async Task<PasswordReset> Handle(ResetPassword request, CancellationToken cancellationToken)
    {
        var user = await accounts.FindAsync(request.User, cancellationToken);
        if (request.Password is { } chosen)
        {
            PasswordRules.RequireOwn(chosen, user.Email, user.DisplayName, "password", "Password");
        }

        var random = request.Password is null ? RandomNumberGenerator.GetString(Letters, RandomLetters) : null;

        // Hashed before the transaction, which others wait for.
        var hash = accounts.HashPassword(request.Password ?? random!);
        var ended = await signIns.EndAllAsync(
            user.Id,
            SessionEndReason.Revoked,
            async token =>
            {
                await accounts.SetPasswordAsync(user.Id, hash, keptOrigin: null, token);
                audit.Record(AuditEvent.PasswordReset, user.Id);
            },
            cancellationToken
        );
        return new PasswordReset(user.Id.Value, user.Email, random, ended);
    }
}
