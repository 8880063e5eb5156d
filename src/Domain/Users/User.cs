namespace BmadServer.Domain.Users;

/// <summary>A person with an account. The password and the lock-out state are kept apart, with the sign-in.</summary>
public sealed record User(UserId Id, string Email, string DisplayName, DateTimeOffset CreatedAt);
