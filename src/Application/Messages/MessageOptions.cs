using BmadServer.Application.Common;
using FluentValidation;

namespace BmadServer.Application.Messages;

/// <summary>Configuration section <c>Limits</c>.</summary>
public sealed class MessageOptions
{
    public const string Section = "Limits";

    /// <summary>The longest message, in UTF-16 code units: what <c>length</c> gives in JavaScript and C#.</summary>
    public int MessageCharacters { get; init; } = 16_000;
}

internal static class MessageRules
{
    public static IRuleBuilderOptions<T, string?> MustBeMessage<T>(this IRuleBuilderInitial<T, string?> rule, MessageOptions options) =>
        rule.MustBeText()
            .MaximumLength(options.MessageCharacters)
            .WithMessage($"Content must be at most {options.MessageCharacters} characters long.");
}
