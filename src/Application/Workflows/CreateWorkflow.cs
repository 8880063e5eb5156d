using BmadServer.Application.Auth;
using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Domain.Workflows;
using FluentValidation;
using MediatR;

namespace BmadServer.Application.Workflows;

/// <summary>Makes a workflow that the caller owns.</summary>
public sealed record CreateWorkflow(string? Title) : IRequest<WorkflowView>;

internal sealed class CreateWorkflowValidator : AbstractValidator<CreateWorkflow>
{
    public CreateWorkflowValidator() => RuleFor(request => request.Title).MustBeTitle();
}

internal sealed class CreateWorkflowHandler(
    ICaller caller,
    IUserAccounts accounts,
    IWorkflowRepository workflows,
    IUnitOfWork unitOfWork,
    WorkflowOptions options,
    TimeProvider time
) : IRequestHandler<CreateWorkflow, WorkflowView>
{
    public Task<WorkflowView> Handle(CreateWorkflow request, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(
            async token =>
            {
                // Locked, or two requests could both get the last free place.
                var user = await accounts.FindForUpdateAsync(caller.UserId, token) ?? throw AuthErrors.Required();
                if (await workflows.CountOpenMadeByAsync(user.Id, token) >= options.OpenWorkflows)
                {
                    throw WorkflowErrors.TooMany(options.OpenWorkflows);
                }

                var (workflow, owner) = Workflow.Create(user.Id, user.DisplayName, request.Title!.Trim(), time.Now());
                workflows.Add(workflow, owner);
                return WorkflowView.Of(new Membership(workflow, owner), [owner]);
            },
            cancellationToken
        );
}
