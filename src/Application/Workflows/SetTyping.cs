using BmadServer.Application.Common;
using BmadServer.Application.Sessions;
using BmadServer.Domain.Workflows;
using MediatR;

namespace BmadServer.Application.Workflows;

/// <summary>Shows the others that the caller is typing, or no longer is. Not durable.</summary>
public sealed record SetTyping(Guid WorkflowId, bool IsTyping) : IRequest;

internal sealed class SetTypingHandler(ICaller caller, IWorkflowRepository workflows, ILiveConnections connections)
    : AsyncRequestHandler<SetTyping>
{
    protected override async Task Handle(SetTyping request, CancellationToken cancellationToken)
    {
        var id = new WorkflowId(request.WorkflowId);
        var (_, participant) = await workflows.FindOwnAsync(id, caller.UserId, cancellationToken);
        participant.ThrowIfReadOnly();
        await connections.ShowTypingAsync(id, caller.UserId, caller.Name, request.IsTyping);
    }
}
