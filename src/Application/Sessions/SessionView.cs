using System.Text.Json.Serialization;
using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.Sessions;

/// <summary>A session as its user sees it.</summary>
/// <param name="ExpiresAt">When it ends if nothing happens until then.</param>
/// <param name="ActiveWorkflowId">
/// Where a plain-text send goes; null while it goes to the personal workflow, and when the user was removed from the active
/// one: then such a send is refused rather than posted to a workflow that it was not written for.
/// </param>
/// <param name="Version">Grows with each change; may be sent back in <c>If-Match</c>.</param>
public sealed record SessionView(
    Guid Id,
    string Device,
    bool Connected,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastActivityAt,
    DateTimeOffset ExpiresAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? ActiveWorkflowId,
    IReadOnlyList<JoinedWorkflow> JoinedWorkflows,
    int Version
);

/// <param name="LastSequence">The sequence of the workflow's newest event.</param>
public sealed record JoinedWorkflow(Guid WorkflowId, long LastSequence);

/// <summary>Reads what a session has joined, less the workflows that its user is no longer in.</summary>
internal sealed class JoinedWorkflows(IWorkflowRepository workflows)
{
    public async Task<IReadOnlyList<JoinedWorkflow>> OfAsync(Session session, CancellationToken cancellationToken)
    {
        var joined = session.State.JoinedWorkflows;
        if (joined.Count == 0)
        {
            return [];
        }

        var sequences = await workflows.LastSequencesAsync(session.UserId, joined, cancellationToken);
        return
        [
            .. from id in joined where sequences.ContainsKey(id) select new JoinedWorkflow(id.Value, sequences[id]),
        ];
    }

    public async Task<SessionView> ViewAsync(Session session, SessionOptions options, CancellationToken cancellationToken)
    {
        var joined = await OfAsync(session, cancellationToken);
        return new SessionView(
            session.Id.Value,
            session.Device,
            session.ConnectionId is not null,
            session.CreatedAt,
            session.LastActivityAt,
            session.ExpiresAt(options.IdleTimeout),
            joined.Count > 0 && joined[^1].WorkflowId == session.State.ActiveWorkflowId?.Value ? joined[^1].WorkflowId : null,
            joined,
            session.Version
        );
    }
}

internal static class SessionAccess
{
    /// <summary>The user's own session, or <c>session.not_found</c>: somebody else's does not exist for them.</summary>
    public static async Task<Session> FindOwnAsync(
        this ISessionRepository sessions,
        Guid id,
        UserId user,
        CancellationToken cancellationToken
    ) =>
        await sessions.FindAsync(new SessionId(id), cancellationToken) is { } session && session.UserId == user
            ? session
            : throw SessionErrors.NotFound();

    /// <summary>
    /// Runs a change of one session. Whoever expects no version in particular does not mind that somebody else won first.
    /// </summary>
    /// <param name="change">Reads the session and stores the change; run anew after a lost race.</param>
    /// <exception cref="DomainException"><c>session.conflict</c>: lost against another writer.</exception>
    public static async Task<Session> ChangeAsync(int? expectedVersion, Func<Task<Session>> change)
    {
        try
        {
            return expectedVersion is null ? await OptimisticConcurrency.RetryAsync(change) : await change();
        }
        catch (ConcurrentChangeException lost)
        {
            throw SessionErrors.Conflict(lost);
        }
    }
}
