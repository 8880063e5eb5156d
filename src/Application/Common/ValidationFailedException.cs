using BmadServer.Domain.Common;

namespace BmadServer.Application.Common;

/// <summary>The request breaks rules of shape: which fields, and how.</summary>
/// <param name="errors">Sentences by field; field names as on the wire (camelCase).</param>
public sealed class ValidationFailedException(IReadOnlyDictionary<string, string[]> errors)
    : DomainException("validation.failed", string.Join(" ", errors.SelectMany(field => field.Value)), ErrorKind.Invalid)
{
    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors;

    public ValidationFailedException(string field, string sentence)
        : this(new Dictionary<string, string[]> { [field] = [sentence] }) { }
}
