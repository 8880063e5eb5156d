using BmadServer.Application.Common;
using BmadServer.Domain.Workflows;
using FluentValidation;
using MediatR;

namespace BmadServer.Application.Messages;

/// <summary>Posts a message. Answered once it is committed.</summary>
/// <param name="WorkflowId">Where to; null for the session's active workflow, or else the caller's personal one.</param>
/// <param name="ClientMessageId">The caller's own key: a repeat with the same key posts nothing and gets the first ack.</param>
public sealed record SendMessage(string? Content, Guid? WorkflowId = null, string? ClientMessageId = null, Guid? ReplyTo = null)
    : IRequest<Ack>
{
    public const int MaximumClientMessageIdLength = 128;
}

internal sealed class SendMessageValidator : AbstractValidator<SendMessage>
{
    public SendMessageValidator(MessageOptions options)
    {
        RuleFor(request => request.Content).MustBeMessage(options);
        When(
            request => request.ClientMessageId is not null,
            () =>
                RuleFor(request => request.ClientMessageId)
                    .MustBeText()
                    .WithName("clientMessageId")
                    .MaximumLength(SendMessage.MaximumClientMessageIdLength)
                    .WithMessage($"clientMessageId must be at most {SendMessage.MaximumClientMessageIdLength} characters long.")
        );
    }
}

internal sealed class SendMessageHandler(ICaller caller, IMediator mediator, IPostBatcher batcher) : IRequestHandler<SendMessage, Ack>
{
    public async Task<Ack> Handle(SendMessage request, CancellationToken cancellationToken)
    {
        var post = new Post(
            caller.UserId,
            request.WorkflowId is { } named ? new WorkflowId(named) : await mediator.Send(new FindActiveWorkflow(), cancellationToken),
            IsTargetNamed: request.WorkflowId is not null,
            request.Content!,
            request.ClientMessageId,
            request.ReplyTo is { } replyTo ? new MessageId(replyTo) : null,
            caller.ReceivedAt
        );
        return await batcher.PostAsync(post, cancellationToken);
    }
}
