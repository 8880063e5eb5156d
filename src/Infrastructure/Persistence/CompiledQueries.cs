using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Infrastructure.Persistence;

/// <summary>
/// The queries that every connection runs when it comes back, translated once: looking a query up by its expression costs
/// more than running it. One set per server, because a translation belongs to one database's model.
/// </summary>
internal sealed class CompiledQueries
{
    public Func<AppDbContext, TokenFamilyId, UserId, CancellationToken, Task<bool>> SignInStands { get; } =
        EF.CompileAsyncQuery(
            (AppDbContext db, TokenFamilyId id, UserId user, CancellationToken _) =>
                db.TokenFamilies.Any(family => family.Id == id && family.UserId == user && family.RevokedAt == null)
        );

    /// <summary>The session, tracked, and the last sign of life of the node that holds its connection.</summary>
    public Func<AppDbContext, SessionId, CancellationToken, Task<HeldSession?>> SessionWithHolder { get; } =
        EF.CompileAsyncQuery(
            (AppDbContext db, SessionId id, CancellationToken _) =>
                (
                    from session in db.Sessions
                    join node in db.Nodes on session.NodeId equals node.Id into holders
                    from holder in holders.DefaultIfEmpty()
                    where session.Id == id
                    select new HeldSession { Session = session, HolderSeenAt = (DateTimeOffset?)holder.LastSeenAt }
                ).SingleOrDefault()
        );

    public Func<AppDbContext, WorkflowId, UserId, CancellationToken, Task<MembershipRow?>> Membership { get; } =
        EF.CompileAsyncQuery(
            (AppDbContext db, WorkflowId id, UserId user, CancellationToken _) =>
                (
                    from participant in db.Participants.AsNoTracking()
                    join workflow in db.Workflows.AsNoTracking() on participant.WorkflowId equals workflow.Id
                    where participant.UserId == user && participant.WorkflowId == id
                    select new MembershipRow { Workflow = workflow, Participant = participant }
                ).SingleOrDefault()
        );

    /// <summary>Of these workflows those that the user is in, with the sequence of each one's newest event.</summary>
    public Func<AppDbContext, UserId, IReadOnlyCollection<WorkflowId>, IAsyncEnumerable<SequenceRow>> LastSequences { get; } =
        EF.CompileAsyncQuery(
            (AppDbContext db, UserId user, IReadOnlyCollection<WorkflowId> ids) =>
                from participant in db.Participants.AsNoTracking()
                join workflow in db.Workflows.AsNoTracking() on participant.WorkflowId equals workflow.Id
                where participant.UserId == user && ids.Contains(workflow.Id)
                select new SequenceRow { Id = workflow.Id, LastSequence = workflow.LastSequence }
        );

    public Func<AppDbContext, WorkflowId, long, long, int, IAsyncEnumerable<WorkflowEvent>> Events { get; } =
        EF.CompileAsyncQuery(
            (AppDbContext db, WorkflowId id, long after, long upTo, int limit) =>
                db
                    .WorkflowEvents.AsNoTracking()
                    .Where(@event => @event.WorkflowId == id && @event.Sequence > after && @event.Sequence <= upTo)
                    .OrderBy(@event => @event.Sequence)
                    .Take(limit)
        );
}

// Rows have properties to set, because EF Core cannot see through a constructor.

internal sealed class HeldSession
{
    public required Session Session { get; init; }

    public required DateTimeOffset? HolderSeenAt { get; init; }
}

internal sealed class MembershipRow
{
    public required Workflow Workflow { get; init; }

    public required Participant Participant { get; init; }

    public Membership ToMembership() => new(Workflow, Participant);
}

internal sealed class SequenceRow
{
    public required WorkflowId Id { get; init; }

    public required long LastSequence { get; init; }
}
