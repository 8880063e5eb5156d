namespace BmadServer.Domain.Common;

/// <summary>How a refusal is classed, whatever the transport: REST makes a status code of it.</summary>
public enum ErrorKind
{
    /// <summary>The request is malformed or breaks a rule of shape.</summary>
    Invalid,

    /// <summary>The caller is not who it must be, or nobody.</summary>
    Unauthenticated,

    /// <summary>The caller is known and may not do this.</summary>
    Forbidden,

    /// <summary>It does not exist, or the caller may not learn that it does.</summary>
    NotFound,

    /// <summary>The present state does not allow it.</summary>
    Conflict,

    /// <summary>It existed and has ended.</summary>
    Gone,

    /// <summary>Something that the server depends on does not answer; trying again later may work.</summary>
    Unavailable,

    /// <summary>The caller asks too often; the same request may succeed later.</summary>
    RateLimited,
}

/// <summary>
/// A refusal that the caller is meant to read. <see cref="Code"/> is stable and documented; the message is one English
/// sentence that names no secret, no SQL and no other user's data.
/// </summary>
public class DomainException(string code, string message, ErrorKind kind, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Stable, dotted, lower case, for example <c>workflow.not_found</c>.</summary>
    public string Code { get; } = code;

    public ErrorKind Kind { get; } = kind;
}
