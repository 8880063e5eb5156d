using System.Text.Json;
using FluentValidation;
using MediatR;

namespace BmadServer.Application.Common.Behaviours;

/// <summary>Refuses a request that breaks its validators' rules before its handler sees it.</summary>
internal sealed class ValidationBehaviour<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators)
    : IPipelineBehavior<TRequest, TResponse>
{
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        Dictionary<string, string[]>? errors = null;
        foreach (var validator in validators)
        {
            var result = validator.Validate(request);
            if (!result.IsValid)
            {
                errors ??= [];
                foreach (var field in result.Errors.GroupBy(failure => JsonNamingPolicy.CamelCase.ConvertName(failure.PropertyName)))
                {
                    errors[field.Key] = [.. errors.GetValueOrDefault(field.Key, []), .. field.Select(failure => failure.ErrorMessage)];
                }
            }
        }

        return errors is null ? next() : throw new ValidationFailedException(errors);
    }
}
