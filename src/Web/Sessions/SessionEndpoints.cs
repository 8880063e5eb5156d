using BmadServer.Application.Common;
using BmadServer.Application.Sessions;
using BmadServer.Domain.Sessions;
using BmadServer.Web.OpenApi;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BmadServer.Web.Sessions;

internal static class SessionEndpoints
{
    public static void MapSessionEndpoints(this IEndpointRouteBuilder api)
    {
        var sessions = api.MapGroup("/sessions").WithTags("Sessions").Refuses(StatusCodes.Status401Unauthorized);
        sessions
            .MapGet("", ListAsync)
            .WithSummary("My sessions that have not ended, one a device or tab, newest first.")
            .WithExample(response: Examples.SessionList);
        sessions
            .MapGet("/{id}", GetAsync)
            .WithSummary("One of my sessions.")
            .Refuses(StatusCodes.Status404NotFound, StatusCodes.Status410Gone)
            .WithExample(response: Examples.Session);
        sessions
            .MapPost("/{id}/extend", ExtendAsync)
            .WithSummary("Start the session's idle limit anew. With If-Match, only at that version.")
            .Refuses(
                StatusCodes.Status400BadRequest,
                StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict,
                StatusCodes.Status410Gone
            )
            .WithExample();
        sessions
            .MapDelete("/{id}", EndAsync)
            .WithSummary("End the session and close its connection. With If-Match, only at that version.")
            .Refuses(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict)
            .WithExample();
    }

    private static async Task<Ok<SessionList>> ListAsync(IMediator mediator, CancellationToken cancellationToken) =>
        TypedResults.Ok(await mediator.Send(new ListSessions(), cancellationToken));

    private static async Task<Ok<SessionView>> GetAsync(string id, IMediator mediator, CancellationToken cancellationToken) =>
        TypedResults.Ok(await mediator.Send(new GetSession(IdOf(id)), cancellationToken));

    private static async Task<NoContent> ExtendAsync(
        string id,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        IMediator mediator,
        CancellationToken cancellationToken
    )
    {
        await mediator.Send(new ExtendSession(IdOf(id), VersionOf(ifMatch)), cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> EndAsync(
        string id,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        IMediator mediator,
        CancellationToken cancellationToken
    )
    {
        await mediator.Send(new EndSession(IdOf(id), VersionOf(ifMatch)), cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>What is no UUID is the id of no session.</summary>
    private static Guid IdOf(string id) => Guid.TryParse(id, out var parsed) ? parsed : throw SessionErrors.NotFound();

    /// <summary>The session's <c>version</c>, with or without the quotes of an entity tag; null for none or <c>*</c>.</summary>
    private static int? VersionOf(string? ifMatch) =>
        ifMatch is null or "*" ? null
        : int.TryParse(ifMatch.Trim('"'), out var version) ? version
        : throw new ValidationFailedException("ifMatch", "If-Match must be a session's version.");
}
