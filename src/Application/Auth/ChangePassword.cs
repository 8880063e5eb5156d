using BmadServer.Application.Audit;
using BmadServer.Application.Common;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Sessions;
using FluentValidation;
using MediatR;

namespace BmadServer.Application.Auth;

/// <summary>
/// Gives the caller's account another password, and ends all of its sign-ins and sessions but the one that asks: whoever knew the
/// old password is out.
/// </summary>
public sealed record ChangePassword(string? CurrentPassword, string? NewPassword) : IRequest
{
    /// <summary>Passwords are secrets, and records print their fields.</summary>
    public override string ToString() => nameof(ChangePassword);
}

internal sealed class ChangePasswordValidator : AbstractValidator<ChangePassword>
{
    public ChangePasswordValidator()
    {
        RuleFor(request => request.CurrentPassword).MustBeText().MaximumLength(Login.MaximumLength);
        RuleFor(request => request.NewPassword)
            .MustBePassword()
            .Must((request, password) => password != request.CurrentPassword)
            .WithMessage("{PropertyName} must not be the current one.");
    }
}

internal sealed class ChangePasswordHandler(ICaller caller, IUserAccounts accounts, SignInEnder signIns, AuditTrail audit)
    : AsyncRequestHandler<ChangePassword>
{
    protected override async Task Handle(ChangePassword request, CancellationToken cancellationToken)
    {
        var user =
            await accounts.VerifyAsync(caller.UserId, request.CurrentPassword!, cancellationToken) ?? throw AuthErrors.WrongPassword();
        PasswordRules.RequireOwn(request.NewPassword!, user.Email, user.DisplayName, "newPassword", "New password");

        // Hashed before the transaction, which others wait for.
        var hash = accounts.HashPassword(request.NewPassword!);
        await signIns.EndAllAsync(
            user.Id,
            SessionEndReason.Revoked,
            async token =>
            {
                await ConfirmAsync(user, token);
                await accounts.SetPasswordAsync(user.Id, hash, ClientNetwork.Of(caller.Address), token);
                audit.Record(AuditEvent.PasswordChanged, user.Id);
            },
            cancellationToken,
            except: caller.FamilyId
        );
    }

    /// <summary>Of two changes at the same time the second one no longer knows the current password.</summary>
    private async Task ConfirmAsync(Domain.Users.User user, CancellationToken cancellationToken)
    {
        try
        {
            await accounts.ConfirmAsync(user, cancellationToken);
        }
        catch (Domain.Common.DomainException refusal) when (refusal.Code == AuthErrors.InvalidCredentials().Code)
        {
            throw AuthErrors.WrongPassword();
        }
    }
}
