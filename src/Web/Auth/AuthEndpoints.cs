using BmadServer.Application.Auth;
using BmadServer.Web.Common;
using BmadServer.Web.OpenApi;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BmadServer.Web.Auth;

/// <summary>A new account.</summary>
/// <param name="Email">At most 254 characters; compared without regard to case.</param>
/// <param name="Password">8 to 128 characters (Unicode code points); neither a common one nor merely the user's name or address.</param>
/// <param name="DisplayName">What others see; at most 100 characters.</param>
public sealed record RegisterRequest(string? Email, string? Password, string? DisplayName)
{
    /// <summary>Passwords are secrets, and records print their fields.</summary>
    public override string ToString() => nameof(RegisterRequest);
}

/// <param name="NewPassword">As for a new account, and not the current one.</param>
public sealed record ChangePasswordRequest(string? CurrentPassword, string? NewPassword)
{
    /// <summary>Passwords are secrets, and records print their fields.</summary>
    public override string ToString() => nameof(ChangePasswordRequest);
}

public sealed record LoginRequest(string? Email, string? Password)
{
    /// <summary>Passwords are secrets, and records print their fields.</summary>
    public override string ToString() => nameof(LoginRequest);
}

/// <summary>What a sign-in or a refresh gives; the refresh token is in the cookie.</summary>
/// <param name="AccessToken">Goes into the <c>Authorization</c> header, and into <c>accessTokenFactory</c> of the hub client.</param>
/// <param name="ExpiresIn">How long the access token is valid, in seconds.</param>
public sealed record TokenResponse(string AccessToken, string TokenType, int ExpiresIn, UserView User)
{
    /// <summary>Tokens are secrets, and records print their fields.</summary>
    public override string ToString() => nameof(TokenResponse);
}

internal static class AuthEndpoints
{
    public static void MapAuthEndpoints(this IEndpointRouteBuilder api)
    {
        var auth = api.MapGroup("/auth").AllowAnonymous().WithTags("Auth");
        auth.MapPost("/register", RegisterAsync)
            .WithSummary("Make an account, and with it a personal workflow.")
            .WithMetadata(new BudgetMetadata(BudgetKind.SignIns))
            .Refuses(StatusCodes.Status400BadRequest, StatusCodes.Status409Conflict)
            .WithExample(Examples.Register, Examples.RegisteredUser);
        auth.MapPost("/login", LoginAsync)
            .WithSummary("Sign in: an access token in the body, a refresh token in a cookie.")
            .WithMetadata(new BudgetMetadata(BudgetKind.SignIns))
            .Refuses(StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized)
            .WithExample(Examples.Login, Examples.Token);
        auth.MapPost("/refresh", RefreshAsync)
            .WithSummary("Exchange the cookie's refresh token for a new pair. Each can be used once.")
            .WithMetadata(new BudgetMetadata(BudgetKind.Refreshes))
            .Refuses(StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized)
            .WithExample(response: Examples.Token);
        auth.MapPost("/logout", LogoutAsync)
            .WithSummary("End the sign-in: its tokens, its sessions and their connections.")
            .WithExample();

        // Beside the group, whose routes need no access token.
        api.MapPost("/auth/password", ChangePasswordAsync)
            .WithTags("Auth")
            .WithSummary("Change the password, and end all other sign-ins: their tokens, their sessions and their connections.")
            .WithMetadata(new BudgetMetadata(BudgetKind.SignIns))
            .Refuses(StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden)
            .WithExample(Examples.ChangePassword);
    }

    public static void MapUserEndpoints(this IEndpointRouteBuilder api) =>
        api.MapGroup("/users")
            .WithTags("Users")
            .MapGet("/me", GetMeAsync)
            .WithSummary("Who am I?")
            .Refuses(StatusCodes.Status401Unauthorized)
            .WithExample(response: Examples.User);

    private static async Task<Created<RegisteredUser>> RegisterAsync(
        RegisterRequest request,
        IMediator mediator,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Created(
            "/api/v1/users/me",
            await mediator.Send(new Register(request.Email, request.Password, request.DisplayName), cancellationToken)
        );

    private static async Task<Ok<TokenResponse>> LoginAsync(
        LoginRequest request,
        HttpResponse response,
        IMediator mediator,
        CancellationToken cancellationToken
    ) => Answer(response, await mediator.Send(new Login(request.Email, request.Password), cancellationToken));

    /// <param name="idempotencyKey">
    /// A key of your own for this attempt, at most 128 characters. When the answer does not arrive, ask again with the same one.
    /// </param>
    private static async Task<Ok<TokenResponse>> RefreshAsync(
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
        HttpRequest request,
        HttpResponse response,
        IMediator mediator,
        CancellationToken cancellationToken
    ) => Answer(response, await mediator.Send(new Refresh(RefreshCookie.Read(request), idempotencyKey), cancellationToken));

    private static async Task<NoContent> LogoutAsync(
        HttpRequest request,
        HttpResponse response,
        IMediator mediator,
        CancellationToken cancellationToken
    )
    {
        await mediator.Send(new Logout(RefreshCookie.Read(request)), cancellationToken);
        RefreshCookie.Clear(response);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> ChangePasswordAsync(
        ChangePasswordRequest request,
        IMediator mediator,
        CancellationToken cancellationToken
    )
    {
        await mediator.Send(new ChangePassword(request.CurrentPassword, request.NewPassword), cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<UserView>> GetMeAsync(IMediator mediator, CancellationToken cancellationToken) =>
        TypedResults.Ok(await mediator.Send(new GetMe(), cancellationToken));

    private static Ok<TokenResponse> Answer(HttpResponse response, Tokens tokens)
    {
        RefreshCookie.Write(response, tokens.RefreshToken, tokens.RefreshTokenLifetime);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(
            new TokenResponse(tokens.AccessToken.Text, "Bearer", (int)tokens.AccessToken.Lifetime.TotalSeconds, tokens.User)
        );
    }
}
