using BmadServer.Application.Common;
using BmadServer.Application.Messages;
using BmadServer.Application.Sessions;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Workflows;
using MediatR;

namespace BmadServer.Application.Workflows;

/// <summary>Opens a workflow on the caller's session: its events arrive from now on, and it becomes the active one.</summary>
public sealed record JoinWorkflow(Guid WorkflowId) : IRequest<WorkflowSnapshot>;

/// <summary>A workflow at one moment; the events after <paramref name="LastSequence"/> continue it.</summary>
/// <param name="Messages">
/// The newest 50, newest first, or fewer where their texts are longer than 128,000 UTF-16 code units together;
/// <c>GET …/messages?before=</c> has the older ones.
/// </param>
/// <param name="Online">The participants, by user id, with a connection that has the workflow open now.</param>
public sealed record WorkflowSnapshot(
    WorkflowView Workflow,
    IReadOnlyList<ParticipantView> Participants,
    long LastSequence,
    IReadOnlyList<MessageView> Messages,
    bool HasMoreMessages,
    IReadOnlyCollection<Guid> Online
);

internal sealed class JoinWorkflowHandler(
    ICaller caller,
    IWorkflowRepository workflows,
    IMessageRepository messages,
    ISessionRepository sessions,
    ILiveConnections connections,
    PresenceElsewhere elsewhere,
    IBackplane backplane,
    IUnitOfWork unitOfWork,
    TimeProvider time
) : IRequestHandler<JoinWorkflow, WorkflowSnapshot>
{
    private const int SnapshotMessages = 50;

    /// <summary>Of message texts, so that one answer is never too large to send or to hold; as for a page of events.</summary>
    private const int MaximumCharacters = GetEvents.MaximumCharacters;

    public async Task<WorkflowSnapshot> Handle(JoinWorkflow request, CancellationToken cancellationToken)
    {
        var id = new WorkflowId(request.WorkflowId);
        var sessionId = caller.SessionId ?? throw SessionErrors.NotFound();
        var (workflow, _) = await workflows.FindOwnAsync(id, caller.UserId, cancellationToken);

        // Subscribed first and read afterwards: an event in between arrives twice rather than never. And a removal in
        // between is seen by the read, which is why the subscription is taken back when the read is refused. What was open
        // before a join that merely failed stays open.
        var wasOpen = await connections.SubscribeAsync(sessionId, id, workflow.LastSequence);
        try
        {
            var snapshot = await unitOfWork.ReadAsync(token => ReadAsync(id, token), cancellationToken);
            await RememberAsync(sessionId, id, cancellationToken);
            backplane.Send(new PresenceChanging(id.Value));
            return snapshot with { Online = await OnlineAsync(id, cancellationToken) };
        }
        catch (Exception failure) when (!wasOpen || failure is DomainException { Kind: ErrorKind.NotFound })
        {
            await connections.UnsubscribeAsync(sessionId, id);
            throw;
        }
    }

    private async Task<WorkflowSnapshot> ReadAsync(WorkflowId id, CancellationToken cancellationToken)
    {
        var membership = await workflows.FindOwnAsync(id, caller.UserId, cancellationToken);
        var view = await workflows.ViewAsync(membership, cancellationToken);
        var newest = await messages.ListAsync(id, null, SnapshotMessages + 1, cancellationToken);
        var shown = CountWithinSize(newest);
        return new WorkflowSnapshot(
            view,
            view.Participants,
            view.LastSequence,
            [.. newest.Take(shown).Select(MessageView.Of)],
            newest.Count > shown,
            []
        );
    }

    private async Task<IReadOnlyCollection<Guid>> OnlineAsync(WorkflowId id, CancellationToken cancellationToken)
    {
        var others = (await elsewhere.OfAsync([id], cancellationToken)).Select(present => present.User);
        return [.. connections.OnlineIn(id).Union(others).Select(user => user.Value)];
    }

    private static int CountWithinSize(IReadOnlyList<Message> newest)
    {
        var characters = 0;
        for (var i = 0; i < Math.Min(newest.Count, SnapshotMessages); i++)
        {
            characters += newest[i].Content.Length;
            if (characters > MaximumCharacters && i > 0)
            {
                return i;
            }
        }

        return Math.Min(newest.Count, SnapshotMessages);
    }

    private Task<bool> RememberAsync(SessionId sessionId, WorkflowId id, CancellationToken cancellationToken) =>
        OptimisticConcurrency.RetryAsync(
            () =>
                unitOfWork.ExecuteAsync(
                    async token =>
                    {
                        var session = await sessions.FindAsync(sessionId, token) ?? throw SessionErrors.NotFound();
                        session.Join(id, time.Now());
                        return true;
                    },
                    cancellationToken
                )
        );
}
