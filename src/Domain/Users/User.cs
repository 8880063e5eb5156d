namespace BmadServer.Domain.Users;

/// <summary>A person with an account. The password and the lock-out state are kept apart, with the sign-in.</summary>
public sealed record User(UserId Id, string Email, string DisplayName, DateTimeOffset CreatedAt)
{
    /// <summary>Since when the operator lets nobody sign in with it; null while one may.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>Another one with each new password, so that a sign-in with the old one can be told from one with the new.</summary>
    public string? PasswordStamp { get; init; }
}
