namespace BmadServer.Infrastructure.Auth;

/// <summary>A place from which somebody has tried to sign in with an account.</summary>
public sealed class KnownOrigin
{
    public required Guid UserId { get; init; }

    /// <summary>As <see cref="Application.Common.ClientNetwork"/> names it.</summary>
    public required string Origin { get; init; }

    /// <summary>Wrong passwords in a row; 0 again once they locked it.</summary>
    public int Failures { get; set; }

    public DateTimeOffset? FailedAt { get; set; }

    /// <summary>Until then no password is right when it comes from here.</summary>
    public DateTimeOffset? LockedUntil { get; set; }

    /// <summary>The right password came from here.</summary>
    public DateTimeOffset? SucceededAt { get; set; }
}
