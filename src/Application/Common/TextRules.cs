using FluentValidation;

namespace BmadServer.Application.Common;

/// <summary>Rules for text that people write, shared by all who store it.</summary>
internal static class TextRules
{
    /// <summary>
    /// Not null, not only white space, no U+0000 (PostgreSQL cannot store it) and no half of a surrogate pair (it is no
    /// text in any encoding). All else is kept exactly as it came.
    /// </summary>
    public static IRuleBuilderOptions<T, string?> MustBeText<T>(this IRuleBuilderInitial<T, string?> rule) =>
        rule.Cascade(CascadeMode.Stop)
            .Must(text => !string.IsNullOrWhiteSpace(text))
            .WithMessage((_, _) => "{PropertyName} must not be empty.")
            .Must(text => IsStorable(text!))
            .WithMessage("{PropertyName} must be well-formed Unicode text without the character U+0000.");

    public static bool IsStorable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || char.IsLowSurrogate(text[i]))
            {
                return false;
            }

            if (char.IsHighSurrogate(text[i]) && (++i == text.Length || !char.IsLowSurrogate(text[i])))
            {
                return false;
            }
        }

        return true;
    }
}
