using System.Text.Json;
using BmadServer.Application.Common;
using BmadServer.Domain.Common;

namespace BmadServer.Web.Common;

/// <summary>What a client is told about an exception; one translation for REST and hub.</summary>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Errors">Sentences by field, for <c>validation.failed</c>.</param>
/// <param name="RetryAfterSeconds">When to ask again; null where nobody can say.</param>
internal sealed record ErrorAnswer(
    string Code,
    string Sentence,
    int Status,
    IReadOnlyDictionary<string, string[]>? Errors = null,
    int? RetryAfterSeconds = null
)
{
    private static readonly ErrorAnswer Unexpected = new(
        "server.error",
        "Something went wrong on the server; it has been logged.",
        StatusCodes.Status500InternalServerError
    );

    public bool IsUnexpected => Status == StatusCodes.Status500InternalServerError;

    public static ErrorAnswer To(Exception exception) =>
        exception switch
        {
            ValidationFailedException invalid => new(invalid.Code, invalid.Message, StatusCodes.Status400BadRequest, invalid.Errors),
            RateLimitedException limited => new(
                limited.Code,
                limited.Message,
                StatusOf(limited.Kind),
                RetryAfterSeconds: limited.RetryAfterSeconds
            ),
            DomainException refusal => new(refusal.Code, refusal.Message, StatusOf(refusal.Kind)),
            BadHttpRequestException { InnerException: JsonException { Path: { } path } } when FieldOf(path) is { } field => To(
                new ValidationFailedException(field, $"{field} has a value of the wrong type.")
            ),
            BadHttpRequestException malformed => Malformed(malformed.StatusCode),
            _ => Unexpected,
        };

    /// <summary>For a status that the framework gave without an exception.</summary>
    public static ErrorAnswer OfStatus(int status) =>
        status switch
        {
            StatusCodes.Status401Unauthorized => new("auth.required", "A valid access token is needed: sign in first.", status),
            StatusCodes.Status403Forbidden => new("auth.forbidden", "You may not do this.", status),
            StatusCodes.Status404NotFound => new("not_found", "There is nothing at this address.", status),
            StatusCodes.Status405MethodNotAllowed => new("method_not_allowed", "This address does not take this method.", status),
            >= 500 => Unexpected,
            _ => Malformed(status),
        };

    private static ErrorAnswer Malformed(int status) =>
        status switch
        {
            StatusCodes.Status413PayloadTooLarge => new("request.too_large", "The request is too large.", status),
            StatusCodes.Status415UnsupportedMediaType => new("request.unsupported_media_type", "Send JSON: Content-Type application/json.", status),
            _ => new("request.malformed", "The request is not well-formed.", status),
        };

    /// <summary>The field of a JSON path such as <c>$.email</c>.</summary>
    private static string? FieldOf(string path) => path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;

    private static int StatusOf(ErrorKind kind) =>
        kind switch
        {
            ErrorKind.Invalid => StatusCodes.Status400BadRequest,
            ErrorKind.Unauthenticated => StatusCodes.Status401Unauthorized,
            ErrorKind.Forbidden => StatusCodes.Status403Forbidden,
            ErrorKind.NotFound => StatusCodes.Status404NotFound,
            ErrorKind.Conflict => StatusCodes.Status409Conflict,
            ErrorKind.Gone => StatusCodes.Status410Gone,
            ErrorKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
            ErrorKind.RateLimited => StatusCodes.Status429TooManyRequests,
            _ => StatusCodes.Status500InternalServerError,
        };
}
