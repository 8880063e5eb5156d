using BmadServer.Application.Common;
using BmadServer.Domain.Workflows;
using FluentValidation;
using MediatR;

namespace BmadServer.Application.Workflows;

/// <summary>A page of a workflow's log, in order, from any point in the past: how a client catches up.</summary>
/// <param name="After">The sequence that the client has; 0 for the whole log.</param>
public sealed record GetEvents(Guid WorkflowId, long After, int Limit = GetEvents.MaximumLimit) : IRequest<EventPage>
{
    public const int MaximumLimit = 500;

    /// <summary>Of message texts on one page, in UTF-16 code units, so that it is never too large to send or to hold.</summary>
    public const int MaximumCharacters = 128_000;
}

/// <param name="LastSequence">The sequence of the workflow's newest event, on this page or not.</param>
/// <param name="HasMore">Whether the log goes on after this page: ask again after its last sequence.</param>
public sealed record EventPage(IReadOnlyList<EventView> Events, long LastSequence, bool HasMore);

internal sealed class GetEventsValidator : AbstractValidator<GetEvents>
{
    public GetEventsValidator()
    {
        RuleFor(request => request.After).GreaterThanOrEqualTo(0).WithMessage("After must not be negative.");
        RuleFor(request => request.Limit)
            .InclusiveBetween(1, GetEvents.MaximumLimit)
            .WithMessage($"Limit must be 1 to {GetEvents.MaximumLimit}.");
    }
}

internal sealed class GetEventsHandler(ICaller caller, IWorkflowRepository workflows) : IRequestHandler<GetEvents, EventPage>
{
    public async Task<EventPage> Handle(GetEvents request, CancellationToken cancellationToken)
    {
        var id = new WorkflowId(request.WorkflowId);
        var (workflow, _) = await workflows.FindOwnAsync(id, caller.UserId, cancellationToken);
        if (request.After >= workflow.LastSequence)
        {
            return new EventPage([], workflow.LastSequence, HasMore: false);
        }

        // Two reads without a transaction: up to a sequence that was read the log is complete and never changes again.
        var range = new EventRange(request.After, workflow.LastSequence, request.Limit, GetEvents.MaximumCharacters);
        var events = await workflows.ListEventsAsync(id, range, cancellationToken);
        return new EventPage([.. events.Select(EventView.Of)], workflow.LastSequence, HasMore: events[^1].Sequence < workflow.LastSequence);
    }
}
