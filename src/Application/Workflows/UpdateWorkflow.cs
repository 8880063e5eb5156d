using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Domain.Workflows;
using FluentValidation;
using MediatR;

namespace BmadServer.Application.Workflows;

/// <summary>Renames a workflow, changes its status, or both at once. For owners.</summary>
/// <param name="Title">The new title, or null to keep it.</param>
/// <param name="Status"><c>active</c>, <c>paused</c>, <c>completed</c> or <c>cancelled</c>, or null to keep it.</param>
public sealed record UpdateWorkflow(Guid Id, string? Title, string? Status) : IRequest<WorkflowView>;

internal sealed class UpdateWorkflowValidator : AbstractValidator<UpdateWorkflow>
{
    public UpdateWorkflowValidator()
    {
        When(request => request.Title is not null, () => RuleFor(request => request.Title).MustBeTitle());
        RuleFor(request => request.Status)
            .Must(status => status is null || WireEnum.TryParse<WorkflowStatus>(status, out _))
            .WithMessage($"Status must be one of {WireEnum.Names<WorkflowStatus>()}.");
        RuleFor(request => request.Title)
            .Must((request, title) => title is not null || request.Status is not null)
            .WithMessage("A title or a status is needed.");
    }
}

internal sealed class UpdateWorkflowHandler(ICaller caller, IWorkflowRepository workflows, IUnitOfWork unitOfWork, TimeProvider time)
    : IRequestHandler<UpdateWorkflow, WorkflowView>
{
    public Task<WorkflowView> Handle(UpdateWorkflow request, CancellationToken cancellationToken)
    {
        var id = new WorkflowId(request.Id);
        return unitOfWork.ExecuteAsync(
            id,
            async token =>
            {
                var membership = await workflows.FindOwnForUpdateAsync(id, caller.UserId, token);
                var (workflow, participant) = membership;
                if (request.Title is { } title)
                {
                    workflow.Rename(participant, title.Trim(), time.Now());
                }

                if (WireEnum.TryParse<WorkflowStatus>(request.Status, out var status))
                {
                    workflow.ChangeStatus(participant, status, time.Now());
                }

                return await workflows.ViewAsync(membership, token);
            },
            cancellationToken
        );
    }
}
