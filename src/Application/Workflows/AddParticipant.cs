using BmadServer.Application.Audit;
using BmadServer.Application.Auth;
using BmadServer.Application.Common;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Common;
using BmadServer.Domain.Workflows;
using FluentValidation;
using MediatR;

namespace BmadServer.Application.Workflows;

/// <summary>Brings a user into a workflow. For owners.</summary>
/// <param name="Role"><c>owner</c>, <c>contributor</c> or <c>observer</c>.</param>
public sealed record AddParticipant(Guid WorkflowId, string? Email, string? Role) : IRequest<ParticipantView>;

internal sealed class AddParticipantValidator : AbstractValidator<AddParticipant>
{
    public AddParticipantValidator()
    {
        RuleFor(request => request.Email).MustBeText();
        RuleFor(request => request.Role)
            .Must(role => WireEnum.TryParse<ParticipantRole>(role, out _))
            .WithMessage($"Role must be one of {WireEnum.Names<ParticipantRole>()}.");
    }
}

internal sealed class AddParticipantHandler(
    ICaller caller,
    IUserAccounts accounts,
    IWorkflowRepository workflows,
    IUnitOfWork unitOfWork,
    AuditTrail audit,
    WorkflowOptions options,
    TimeProvider time
) : IRequestHandler<AddParticipant, ParticipantView>
{
    public Task<ParticipantView> Handle(AddParticipant request, CancellationToken cancellationToken)
    {
        var id = new WorkflowId(request.WorkflowId);
        return unitOfWork.ExecuteAsync(
            id,
            async token =>
            {
                var (workflow, adder) = await workflows.FindOwnForUpdateAsync(id, caller.UserId, token);
                adder.ThrowIfNotOwner();
                var user = await accounts.FindByEmailAsync(request.Email!.Trim(), token) ?? throw AuthErrors.UserNotFound();
                if (await workflows.FindParticipantAsync(id, user.Id, token) is not null)
                {
                    throw WorkflowErrors.ParticipantExists();
                }

                if (await workflows.CountParticipantsAsync(id, token) >= options.Participants)
                {
                    throw WorkflowErrors.TooManyParticipants(options.Participants);
                }

                var role = WireEnum.Parse<ParticipantRole>(request.Role);
                var added = workflow.AddParticipant(adder, user.Id, user.DisplayName, role, time.Now());
                workflows.Add(added);
                audit.Record(
                    added.IsOwner ? AuditEvent.OwnerAdded : AuditEvent.ParticipantAdded,
                    user.Id,
                    workflow: id,
                    detail: $"as {WireEnum.Name(role)}"
                );
                return ParticipantView.Of(added);
            },
            cancellationToken
        );
    }
}
