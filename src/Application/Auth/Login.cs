using BmadServer.Application.Audit;
using BmadServer.Application.Common;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using FluentValidation;
using MediatR;

namespace BmadServer.Application.Auth;

/// <summary>Starts a sign-in: a new token family.</summary>
public sealed record Login(string? Email, string? Password) : IRequest<Tokens>
{
    /// <summary>Far above any real password or address; it bounds the work that a stranger can cause.</summary>
    public const int MaximumLength = 1024;

    /// <summary>Passwords are secrets, and records print their fields.</summary>
    public override string ToString() => nameof(Login);
}

internal sealed class LoginValidator : AbstractValidator<Login>
{
    public LoginValidator()
    {
        RuleFor(request => request.Email).MustBeText().MaximumLength(Login.MaximumLength);
        RuleFor(request => request.Password).MustBeText().MaximumLength(Login.MaximumLength);
    }
}

internal sealed class LoginHandler(
    IUserAccounts accounts,
    ITokenFamilyRepository families,
    ITokenService tokens,
    IUnitOfWork unitOfWork,
    AuditTrail audit,
    TimeProvider time
) : IRequestHandler<Login, Tokens>
{
    public async Task<Tokens> Handle(Login request, CancellationToken cancellationToken)
    {
        var user =
            await accounts.VerifyAsync(request.Email!.Trim(), request.Password!, cancellationToken)
            ?? throw AuthErrors.InvalidCredentials();

        return await unitOfWork.ExecuteAsync(
            async token =>
            {
                await accounts.ConfirmAsync(user, token);
                var now = time.Now();
                var family = TokenFamily.Start(user.Id, now);
                families.Add(family);
                audit.Record(AuditEvent.SignedIn, user.Id, actor: user.Id);
                var (text, hash) = tokens.CreateRefreshToken();
                families.Add(RefreshToken.Issue(hash, family.Id, now, RefreshTokenPolicy.Lifetime));
                return new Tokens(UserView.Of(user), tokens.CreateAccessToken(user, family.Id), text, RefreshTokenPolicy.Lifetime);
            },
            cancellationToken
        );
    }
}
