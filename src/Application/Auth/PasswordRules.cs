using BmadServer.Application.Common;
using FluentValidation;

namespace BmadServer.Application.Auth;

/// <summary>
/// What a password must be, wherever one is chosen: 8 to 128 characters, no common one, and more than a name. A character is a Unicode
/// code point; nothing is trimmed, folded or normalised. An emoji may be several.
/// </summary>
internal static class PasswordRules
{
    private const int MinimumLength = 8;
    private const int MaximumLength = 128;

    /// <summary>Shorter ones stand in many good passwords.</summary>
    private const int ShortestOwnWord = 3;

    private const string IsCommon = "{PropertyName} must not be one of the common ones, which are guessed first.";
    private const string IsOwnName = "must not be merely your name, your email address or the name of this product.";

    private static readonly string[] OfTheProduct = ["bmadserver", "bmad", "server"];

    public static IRuleBuilderOptions<T, string?> MustBePassword<T>(this IRuleBuilderInitial<T, string?> rule) =>
        rule.MustBeText()
            .Must(password => Length(password!) is >= MinimumLength and <= MaximumLength)
            .WithMessage($"{{PropertyName}} must be {MinimumLength} to {MaximumLength} characters long.")
            .Must(password => !CommonPasswords.Contains(password!))
            .WithMessage(IsCommon);

    /// <inheritdoc cref="RequireOwn"/>
    public static IRuleBuilderOptions<T, string?> MustNotBeOwnName<T>(
        this IRuleBuilderOptions<T, string?> rule,
        Func<T, string?> email,
        Func<T, string?> displayName
    ) =>
        rule.Must((request, password) => !IsName(password!, email(request) ?? "", displayName(request) ?? ""))
            .WithMessage($"{{PropertyName}} {IsOwnName}");

    /// <summary>
    /// Not only the user's name, email address or the product's name, or several of them, with a few digits and signs.
    /// </summary>
    /// <param name="field">As the request calls it, on the wire.</param>
    /// <exception cref="ValidationFailedException">It is.</exception>
    public static void RequireOwn(string password, string email, string displayName, string field, string name)
    {
        if (IsName(password, email, displayName))
        {
            throw new ValidationFailedException(field, $"{name} {IsOwnName}");
        }
    }

    /// <summary>In code points; a surrogate pair is one, and half of one is no text.</summary>
    private static int Length(string password) => password.Length - password.Count(char.IsLowSurrogate);

    private static bool IsName(string password, string email, string displayName)
    {
        var rest = password.ToLowerInvariant();
        string[] names = [email, displayName, .. Words(email), .. Words(displayName), .. OfTheProduct];
        foreach (var name in names.Select(name => name.Trim().ToLowerInvariant()).OrderByDescending(name => name.Length))
        {
            if (name.Length >= ShortestOwnWord)
            {
                rest = rest.Replace(name, "", StringComparison.Ordinal);
            }
        }

        return rest.Length < password.Length && rest.Length <= CommonPasswords.LongestDecoration && !rest.Any(char.IsLetter);
    }

    private static string[] Words(string name) =>
        new string([.. name.Select(letter => char.IsLetterOrDigit(letter) ? letter : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
