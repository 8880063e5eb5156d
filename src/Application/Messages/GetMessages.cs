using BmadServer.Application.Common;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Workflows;
using FluentValidation;
using MediatR;

namespace BmadServer.Application.Messages;

/// <summary>A page of a workflow's messages, newest first.</summary>
/// <param name="Before">Only messages with a lower sequence; null for the newest page.</param>
public sealed record GetMessages(Guid WorkflowId, long? Before, int Limit = GetMessages.DefaultLimit) : IRequest<MessagePage>
{
    public const int DefaultLimit = 50;
    public const int MaximumLimit = 100;
}

/// <param name="HasMore">Whether there are older ones: ask again before this page's lowest sequence.</param>
public sealed record MessagePage(IReadOnlyList<MessageView> Messages, bool HasMore);

internal sealed class GetMessagesValidator : AbstractValidator<GetMessages>
{
    public GetMessagesValidator()
    {
        RuleFor(request => request.Before).Must(before => before is null or >= 1).WithMessage("Before must be 1 or more.");
        RuleFor(request => request.Limit)
            .InclusiveBetween(1, GetMessages.MaximumLimit)
            .WithMessage($"Limit must be 1 to {GetMessages.MaximumLimit}.");
    }
}

internal sealed class GetMessagesHandler(ICaller caller, IWorkflowRepository workflows, IMessageRepository messages)
    : IRequestHandler<GetMessages, MessagePage>
{
    public async Task<MessagePage> Handle(GetMessages request, CancellationToken cancellationToken)
    {
        var id = new WorkflowId(request.WorkflowId);
        await workflows.FindOwnAsync(id, caller.UserId, cancellationToken);
        var found = await messages.ListAsync(id, request.Before, request.Limit + 1, cancellationToken);
        return new MessagePage([.. found.Take(request.Limit).Select(MessageView.Of)], found.Count > request.Limit);
    }
}
