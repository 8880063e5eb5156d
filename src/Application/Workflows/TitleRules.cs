using BmadServer.Application.Common;
using BmadServer.Domain.Workflows;
using FluentValidation;

namespace BmadServer.Application.Workflows;

internal static class TitleRules
{
    public static IRuleBuilderOptions<T, string?> MustBeTitle<T>(this IRuleBuilderInitial<T, string?> rule) =>
        rule.MustBeText()
            .MaximumLength(Workflow.MaximumTitleLength)
            .WithMessage($"Title must be at most {Workflow.MaximumTitleLength} characters long.");
}
