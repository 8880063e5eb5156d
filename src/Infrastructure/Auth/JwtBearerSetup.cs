using BmadServer.Application.Auth;
using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using BmadServer.Infrastructure.Persistence;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BmadServer.Infrastructure.Auth;

/// <summary>
/// Which access tokens are taken: those that keep <see cref="AccessTokenRules"/> and are of a sign-in that still stands.
/// </summary>
internal sealed class JwtBearerSetup(AccessTokenRules rules) : IConfigureNamedOptions<JwtBearerOptions>
{
    public void Configure(string? name, JwtBearerOptions options) => Configure(options);

    public void Configure(JwtBearerOptions options)
    {
        options.MapInboundClaims = false;
        // Nobody asks for it again, and a connection would keep it.
        options.SaveToken = false;
        options.TokenValidationParameters = rules.Parameters;
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = context =>
            {
                // A browser cannot set a header on a WebSocket; only there does the token come in the query. Anybody can
                // send a WebSocket's headers, so it must be a hub's address too.
                if (context.HttpContext.WebSockets.IsWebSocketRequest && IsForHub(context.HttpContext))
                {
                    context.Token = context.Request.Query["access_token"];
                }

                return Task.CompletedTask;
            },
            OnTokenValidated = RequireStandingSignInAsync,
        };
    }

    private static bool IsForHub(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<HubMetadata>() is not null;

    private static async Task RequireStandingSignInAsync(TokenValidatedContext context)
    {
        var principal = context.Principal!;
        if (principal.UserId() is not { } user || principal.FamilyId() is not { } familyId)
        {
            context.Fail("The token names no user or no sign-in.");
            return;
        }

        if (!await StandsAsync(context.HttpContext, familyId, user))
        {
            context.Fail("The sign-in has ended.");
            return;
        }

        context.Principal = principal.WithoutToken();
    }

    /// <summary>A database out of reach says nothing about the token, so it is no reason to call it invalid.</summary>
    private static async Task<bool> StandsAsync(HttpContext context, TokenFamilyId id, UserId user)
    {
        // A scope of its own: the request of a WebSocket lasts as long as the connection, and would keep a DbContext that long.
        await using var scope = context.RequestServices.CreateAsyncScope();
        try
        {
            return await scope.ServiceProvider.GetRequiredService<ITokenFamilyRepository>().StandsAsync(id, user, context.RequestAborted);
        }
        catch (Exception failure) when (DatabaseErrors.IsUnavailable(failure))
        {
            throw DatabaseErrors.Unavailable(failure);
        }
    }
}
