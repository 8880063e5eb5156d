using BmadServer.Application.Common;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
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

internal sealed class SendMessageHandler(
    ICaller caller,
    IWorkflowRepository workflows,
    IMessageRepository messages,
    ISessionRepository sessions,
    IUnitOfWork unitOfWork,
    TimeProvider time
) : IRequestHandler<SendMessage, Ack>
{
    public async Task<Ack> Handle(SendMessage request, CancellationToken cancellationToken)
    {
        // Before everything else: what was acknowledged stays acknowledged, even to one who has lost the workflow since.
        if (await FindRepeatedAsync(request, cancellationToken) is { } repeated)
        {
            return repeated;
        }

        var target = await TargetAsync(request, cancellationToken);
        try
        {
            return await unitOfWork.ExecuteAsync(target, token => PostAsync(target, request, token), cancellationToken);
        }
        catch (Exception failure) when (request.ClientMessageId is not null && failure is DuplicateKeyException or DomainException)
        {
            // The same send may have been under way on another connection, and have won while this one waited. Its ack counts,
            // even where this one was refused by what happened in between.
            if (await FindRepeatedAsync(request, cancellationToken) is { } won)
            {
                return won;
            }

            throw;
        }
    }

    private async Task<Ack?> FindRepeatedAsync(SendMessage request, CancellationToken cancellationToken)
    {
        if (
            request.ClientMessageId is null
            || await messages.FindByClientMessageIdAsync(caller.UserId, request.ClientMessageId, cancellationToken) is not { } first
        )
        {
            return null;
        }

        var posted = await messages.PostedAsync(first, cancellationToken);
        var isSame =
            posted.Content == request.Content
            && posted.ReplyTo?.Value == request.ReplyTo
            && (request.WorkflowId is null || request.WorkflowId == posted.WorkflowId.Value);
        return isSame ? Ack.OfPost(first, duplicate: true) : throw MessageErrors.IdempotencyConflict();
    }

    private async Task<WorkflowId> TargetAsync(SendMessage request, CancellationToken cancellationToken)
    {
        if (request.WorkflowId is { } named)
        {
            return new WorkflowId(named);
        }

        var session = caller.SessionId is { } id ? await sessions.FindAsync(id, cancellationToken) : null;
        return session?.State.ActiveWorkflowId ?? await workflows.PersonalWorkflowOfAsync(caller.UserId, cancellationToken);
    }

    private async Task<Ack> PostAsync(WorkflowId target, SendMessage request, CancellationToken cancellationToken)
    {
        var (workflow, author) = await workflows.FindOwnForUpdateAsync(target, caller.UserId, cancellationToken);
        var reply = request.ReplyTo is { } replyTo
            ? await messages.FindAsync(target, new MessageId(replyTo), cancellationToken) ?? throw MessageErrors.NotFound()
            : null;
        var message = workflow.Post(
            author,
            request.Content!,
            reply,
            request.ClientMessageId,
            caller.ReceivedAt,
            time.Now()
        );
        messages.Add(message);
        return Ack.OfPost(message, duplicate: false);
    }
}
