using BmadServer.Application.Common;
using FluentValidation;

namespace BmadServer.Application.Auth;

/// <summary>What a password must be, wherever one is chosen.</summary>
internal static class PasswordRules
{
    private const int MinimumLength = 8;
    private const int MaximumLength = 128;

    public static IRuleBuilderOptions<T, string?> MustBePassword<T>(this IRuleBuilderInitial<T, string?> rule) =>
        rule.MustBeText()
            .Length(MinimumLength, MaximumLength)
            .WithMessage($"Password must be {MinimumLength} to {MaximumLength} characters long.");
}
