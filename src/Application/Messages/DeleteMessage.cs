using BmadServer.Application.Common;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Common;
using BmadServer.Domain.Workflows;
using MediatR;

namespace BmadServer.Application.Messages;

/// <summary>Makes a tombstone of one's own message, or as an owner of anybody's. A repeat adds nothing.</summary>
public sealed record DeleteMessage(Guid WorkflowId, Guid MessageId) : IRequest<Ack>;

internal sealed class DeleteMessageHandler(
    ICaller caller,
    IWorkflowRepository workflows,
    IMessageRepository messages,
    IUnitOfWork unitOfWork,
    TimeProvider time
) : IRequestHandler<DeleteMessage, Ack>
{
    public Task<Ack> Handle(DeleteMessage request, CancellationToken cancellationToken)
    {
        var id = new WorkflowId(request.WorkflowId);
        return unitOfWork.ExecuteAsync(
            id,
            async token =>
            {
                var (workflow, deleter) = await workflows.FindOwnForUpdateAsync(id, caller.UserId, token);
                var message =
                    await messages.FindAsync(id, new MessageId(request.MessageId), token) ?? throw MessageErrors.NotFound();
                var changed = workflow.Delete(deleter, message, caller.ReceivedAt, time.Now());
                return Ack.OfChange(message, duplicate: !changed);
            },
            cancellationToken
        );
    }
}
