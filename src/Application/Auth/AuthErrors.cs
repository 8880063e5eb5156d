using BmadServer.Domain.Common;

namespace BmadServer.Application.Auth;

public static class AuthErrors
{
    public static DomainException Required() => new("auth.required", "Sign in first.", ErrorKind.Unauthenticated);

    public static DomainException TokenInvalid() =>
        new("auth.token_invalid", "This is no valid access token of yours.", ErrorKind.Unauthenticated);

    /// <summary>One text for an unknown address, a wrong password and a locked account.</summary>
    public static DomainException InvalidCredentials() =>
        new("auth.invalid_credentials", "The email address or the password is wrong.", ErrorKind.Unauthenticated);

    /// <summary>One text for a wrong password and for one that is not looked at any more. The caller is signed in all the same.</summary>
    public static DomainException WrongPassword() =>
        new("auth.wrong_password", "The current password is wrong, or was wrong too often lately.", ErrorKind.Forbidden);

    public static DomainException RefreshInvalid() =>
        new("auth.refresh_invalid", "There is no valid refresh token; sign in again.", ErrorKind.Unauthenticated);

    /// <summary>The one that lost against a simultaneous refresh; the winner's cookie is good.</summary>
    public static DomainException RefreshRaced() =>
        new("auth.refresh_raced", "Another request refreshed at the same moment; its tokens are the valid ones.", ErrorKind.Unauthenticated);

    public static DomainException RefreshReused() =>
        new("auth.refresh_reused", "The refresh token was used before; its sign-in has been ended.", ErrorKind.Unauthenticated);

    public static DomainException UserExists() =>
        new("user.exists", "There is already an account with this email address.", ErrorKind.Conflict);

    public static DomainException UserNotFound() =>
        new("user.not_found", "There is no account with this email address.", ErrorKind.NotFound);
}
