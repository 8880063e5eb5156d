using BmadServer.Application.Messages;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Workflows;
using BmadServer.Web.OpenApi;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BmadServer.Web.Workflows;

/// <param name="Title">At most 200 characters.</param>
public sealed record CreateWorkflowRequest(string? Title);

/// <param name="Title">The new title, or nothing to keep it.</param>
/// <param name="Status"><c>active</c>, <c>paused</c>, <c>completed</c> or <c>cancelled</c>, or nothing to keep it.</param>
public sealed record UpdateWorkflowRequest(string? Title, string? Status);

/// <param name="Email">Of somebody with an account.</param>
/// <param name="Role"><c>owner</c>, <c>contributor</c> or <c>observer</c>.</param>
public sealed record AddParticipantRequest(string? Email, string? Role);

/// <param name="Sequence">Of the newest event that was read.</param>
public sealed record MarkReadRequest(long? Sequence);

internal static class WorkflowEndpoints
{
    public static void MapWorkflowEndpoints(this IEndpointRouteBuilder api)
    {
        var workflows = api.MapGroup("/workflows").WithTags("Workflows").Refuses(StatusCodes.Status401Unauthorized);
        workflows
            .MapPost("", CreateAsync)
            .WithSummary("Make a workflow that I own.")
            .Refuses(StatusCodes.Status400BadRequest, StatusCodes.Status409Conflict)
            .WithExample(Examples.CreateWorkflow, Examples.Workflow);
        workflows
            .MapGet("", ListAsync)
            .WithSummary("My workflows, newest first.")
            .Refuses(StatusCodes.Status400BadRequest)
            .WithExample(response: Examples.WorkflowPage);
        workflows
            .MapGet("/{id}", GetAsync)
            .WithSummary("One of my workflows.")
            .Refuses(StatusCodes.Status404NotFound)
            .WithExample(response: Examples.Workflow);
        workflows
            .MapPatch("/{id}", UpdateAsync)
            .WithSummary("Rename a workflow or change its status. For owners.")
            .Refuses(
                StatusCodes.Status400BadRequest,
                StatusCodes.Status403Forbidden,
                StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict
            )
            .WithExample(Examples.UpdateWorkflow, Examples.Workflow);
        workflows
            .MapPost("/{id}/participants", AddParticipantAsync)
            .WithSummary("Bring somebody in. For owners.")
            .Refuses(
                StatusCodes.Status400BadRequest,
                StatusCodes.Status403Forbidden,
                StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict
            )
            .WithExample(Examples.AddParticipant, Examples.Participant);
        workflows
            .MapDelete("/{id}/participants/{userId}", RemoveParticipantAsync)
            .WithSummary("Take somebody out, as an owner, or oneself.")
            .Refuses(StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict)
            .WithExample();
        workflows
            .MapGet("/{id}/messages", GetMessagesAsync)
            .WithSummary("A page of messages, newest first; edits are applied, deleted ones are tombstones.")
            .Refuses(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound)
            .WithExample(response: Examples.MessagePage);
        workflows
            .MapGet("/{id}/events", GetEventsAsync)
            .WithSummary("A page of the log, in order.")
            .Refuses(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound)
            .WithExample(response: Examples.EventPage);
        workflows
            .MapPut("/{id}/read", MarkReadAsync)
            .WithSummary("Note how far I have read. Never moves back.")
            .Refuses(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound)
            .WithExample(Examples.MarkRead);
    }

    private static async Task<Created<WorkflowView>> CreateAsync(
        CreateWorkflowRequest request,
        IMediator mediator,
        CancellationToken cancellationToken
    )
    {
        var workflow = await mediator.Send(new CreateWorkflow(request.Title), cancellationToken);
        return TypedResults.Created($"/api/v1/workflows/{workflow.Id}", workflow);
    }

    private static async Task<Ok<WorkflowPage>> ListAsync(
        IMediator mediator,
        CancellationToken cancellationToken,
        string? cursor = null,
        int limit = ListWorkflows.DefaultLimit
    ) => TypedResults.Ok(await mediator.Send(new ListWorkflows(cursor, limit), cancellationToken));

    private static async Task<Ok<WorkflowView>> GetAsync(string id, IMediator mediator, CancellationToken cancellationToken) =>
        TypedResults.Ok(await mediator.Send(new GetWorkflow(IdOf(id)), cancellationToken));

    private static async Task<Ok<WorkflowView>> UpdateAsync(
        string id,
        UpdateWorkflowRequest request,
        IMediator mediator,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await mediator.Send(new UpdateWorkflow(IdOf(id), request.Title, request.Status), cancellationToken));

    private static async Task<Created<ParticipantView>> AddParticipantAsync(
        string id,
        AddParticipantRequest request,
        IMediator mediator,
        CancellationToken cancellationToken
    )
    {
        var workflow = IdOf(id);
        var added = await mediator.Send(new AddParticipant(workflow, request.Email, request.Role), cancellationToken);
        return TypedResults.Created($"/api/v1/workflows/{workflow}/participants/{added.UserId}", added);
    }

    private static async Task<NoContent> RemoveParticipantAsync(
        string id,
        string userId,
        IMediator mediator,
        CancellationToken cancellationToken
    )
    {
        var user = Guid.TryParse(userId, out var parsed) ? parsed : throw WorkflowErrors.ParticipantNotFound();
        await mediator.Send(new RemoveParticipant(IdOf(id), user), cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<MessagePage>> GetMessagesAsync(
        string id,
        IMediator mediator,
        CancellationToken cancellationToken,
        long? before = null,
        int limit = GetMessages.DefaultLimit
    ) => TypedResults.Ok(await mediator.Send(new GetMessages(IdOf(id), before, limit), cancellationToken));

    private static async Task<Ok<EventPage>> GetEventsAsync(
        string id,
        IMediator mediator,
        CancellationToken cancellationToken,
        long after = 0,
        int limit = GetEvents.MaximumLimit
    ) => TypedResults.Ok(await mediator.Send(new GetEvents(IdOf(id), after, limit), cancellationToken));

    private static async Task<NoContent> MarkReadAsync(
        string id,
        MarkReadRequest request,
        IMediator mediator,
        CancellationToken cancellationToken
    )
    {
        await mediator.Send(new MarkRead(IdOf(id), request.Sequence), cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>What is no UUID is the id of no workflow.</summary>
    private static Guid IdOf(string id) => Guid.TryParse(id, out var parsed) ? parsed : throw WorkflowErrors.NotFound();
}
