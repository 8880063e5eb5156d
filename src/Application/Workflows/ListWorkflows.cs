using System.Text.Json.Serialization;
using BmadServer.Application.Common;
using BmadServer.Domain.Workflows;
using FluentValidation;
using MediatR;

namespace BmadServer.Application.Workflows;

/// <summary>The caller's workflows, newest first.</summary>
/// <param name="Cursor">The <c>nextCursor</c> of the page before; null for the first page.</param>
public sealed record ListWorkflows(string? Cursor, int Limit = ListWorkflows.DefaultLimit) : IRequest<WorkflowPage>
{
    public const int DefaultLimit = 50;
    public const int MaximumLimit = 100;
}

/// <param name="NextCursor">Asks for the next page; null on the last.</param>
public sealed record WorkflowPage(
    IReadOnlyList<WorkflowView> Workflows,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextCursor
);

internal sealed class ListWorkflowsValidator : AbstractValidator<ListWorkflows>
{
    public ListWorkflowsValidator()
    {
        RuleFor(request => request.Cursor)
            .Must(cursor => cursor is null || Guid.TryParse(cursor, out _))
            .WithMessage("Cursor must be the nextCursor of an earlier page.");
        RuleFor(request => request.Limit)
            .InclusiveBetween(1, ListWorkflows.MaximumLimit)
            .WithMessage($"Limit must be 1 to {ListWorkflows.MaximumLimit}.");
    }
}

internal sealed class ListWorkflowsHandler(ICaller caller, IWorkflowRepository workflows)
    : IRequestHandler<ListWorkflows, WorkflowPage>
{
    public async Task<WorkflowPage> Handle(ListWorkflows request, CancellationToken cancellationToken)
    {
        WorkflowId? before = request.Cursor is null ? null : new WorkflowId(Guid.Parse(request.Cursor));
        var found = await workflows.ListAsync(caller.UserId, before, request.Limit + 1, cancellationToken);
        Membership[] page = [.. found.Take(request.Limit)];
        var participants = await workflows.ListParticipantsAsync(
            [.. page.Select(membership => membership.Workflow.Id)],
            cancellationToken
        );
        return new WorkflowPage(
            [.. page.Select(membership => WorkflowView.Of(membership, participants[membership.Workflow.Id]))],
            found.Count > page.Length ? page[^1].Workflow.Id.ToString() : null
        );
    }
}
