using BmadServer.Application.Common;
using BmadServer.Domain.Workflows;
using FluentValidation;
using MediatR;

namespace BmadServer.Application.Workflows;

/// <summary>Notes how far the caller has read. It never moves back, and not beyond the newest event.</summary>
public sealed record MarkRead(Guid WorkflowId, long? Sequence) : IRequest;

internal sealed class MarkReadValidator : AbstractValidator<MarkRead>
{
    public MarkReadValidator() =>
        RuleFor(request => request.Sequence)
            .Must(sequence => sequence is >= 0)
            .WithMessage("Sequence must be a number that is not negative.");
}

internal sealed class MarkReadHandler(ICaller caller, IWorkflowRepository workflows, IUnitOfWork unitOfWork)
    : AsyncRequestHandler<MarkRead>
{
    protected override Task Handle(MarkRead request, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(
            async token =>
            {
                var id = new WorkflowId(request.WorkflowId);
                var (workflow, _) = await workflows.FindOwnAsync(id, caller.UserId, token);
                var sequence = Math.Min(request.Sequence!.Value, workflow.LastSequence);
                await workflows.AdvanceReadMarkAsync(id, caller.UserId, sequence, token);
            },
            cancellationToken
        );
}
