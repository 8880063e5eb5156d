using BmadServer.Application.Audit;
using BmadServer.Application.Common;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Common;
using BmadServer.Domain.Workflows;
using FluentValidation;
using MediatR;

namespace BmadServer.Application.Auth;

/// <summary>Makes an account and, with it, the user's personal workflow.</summary>
public sealed record Register(string? Email, string? Password, string? DisplayName) : IRequest<RegisteredUser>
{
    /// <summary>Passwords are secrets, and records print their fields.</summary>
    public override string ToString() => nameof(Register);
}

public sealed record RegisteredUser(Guid Id, string Email, string DisplayName, DateTimeOffset CreatedAt);

internal sealed class RegisterValidator : AbstractValidator<Register>
{
    private const int MaximumEmailLength = 254;
    private const int MaximumDisplayNameLength = 100;

    public RegisterValidator()
    {
        RuleFor(request => request.Email)
            .MustBeText()
            .EmailAddress()
            .WithMessage("Email must be an email address.")
            .MaximumLength(MaximumEmailLength)
            .WithMessage($"Email must be at most {MaximumEmailLength} characters long.");
        RuleFor(request => request.Password)
            .MustBePassword()
            .MustNotBeOwnName(request => request.Email, request => request.DisplayName);
        RuleFor(request => request.DisplayName)
            .MustBeText()
            .MaximumLength(MaximumDisplayNameLength)
            .WithMessage($"Display name must be at most {MaximumDisplayNameLength} characters long.");
    }
}

internal sealed class RegisterHandler(
    IUserAccounts accounts,
    IWorkflowRepository workflows,
    IUnitOfWork unitOfWork,
    AuditTrail audit,
    TimeProvider time
) : IRequestHandler<Register, RegisteredUser>
{
    public async Task<RegisteredUser> Handle(Register request, CancellationToken cancellationToken)
    {
        // Hashed before the transaction, which others wait for.
        var passwordHash = accounts.HashPassword(request.Password!);
        try
        {
            return await unitOfWork.ExecuteAsync(token => CreateAsync(request, passwordHash, token), cancellationToken);
        }
        catch (DuplicateKeyException)
        {
            throw AuthErrors.UserExists();
        }
    }

    private async Task<RegisteredUser> CreateAsync(Register request, string passwordHash, CancellationToken cancellationToken)
    {
        var user = await accounts.CreateAsync(
            request.Email!.Trim(),
            passwordHash,
            request.DisplayName!.Trim(),
            cancellationToken
        );
        var (workflow, owner) = Workflow.CreatePersonal(user.Id, user.DisplayName, time.Now());
        workflows.Add(workflow, owner);
        audit.Record(AuditEvent.Registered, user.Id, actor: user.Id);
        return new RegisteredUser(user.Id.Value, user.Email, user.DisplayName, user.CreatedAt);
    }
}
