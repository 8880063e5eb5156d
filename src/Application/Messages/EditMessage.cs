using BmadServer.Application.Common;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Common;
using BmadServer.Domain.Workflows;
using FluentValidation;
using MediatR;

namespace BmadServer.Application.Messages;

/// <summary>Changes the text of one's own message. A repeat with the text it already has adds nothing.</summary>
public sealed record EditMessage(Guid WorkflowId, Guid MessageId, string? Content) : IRequest<Ack>;

internal sealed class EditMessageValidator : AbstractValidator<EditMessage>
{
    public EditMessageValidator(MessageOptions options) => RuleFor(request => request.Content).MustBeMessage(options);
}

internal sealed class EditMessageHandler(
    ICaller caller,
    IWorkflowRepository workflows,
    IMessageRepository messages,
    IUnitOfWork unitOfWork,
    TimeProvider time
) : IRequestHandler<EditMessage, Ack>
{
    public Task<Ack> Handle(EditMessage request, CancellationToken cancellationToken)
    {
        var id = new WorkflowId(request.WorkflowId);
        return unitOfWork.ExecuteAsync(
            id,
            async token =>
            {
                var (workflow, editor) = await workflows.FindOwnForUpdateAsync(id, caller.UserId, token);
                var message =
                    await messages.FindAsync(id, new MessageId(request.MessageId), token) ?? throw MessageErrors.NotFound();
                var changed = workflow.Edit(editor, message, request.Content!, caller.ReceivedAt, time.Now());
                return Ack.OfChange(message, duplicate: !changed);
            },
            cancellationToken
        );
    }
}
