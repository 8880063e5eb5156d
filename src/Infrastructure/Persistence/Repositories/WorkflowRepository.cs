using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Persistence.Posts;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Infrastructure.Persistence.Repositories;

internal sealed class WorkflowRepository(AppDbContext db, CompiledQueries queries, NewPosts posts, WorkflowCache cache) : IWorkflowRepository
{
    public void Add(Workflow workflow, Participant owner)
    {
        db.Workflows.Add(workflow);
        db.Participants.Add(owner);
    }

    public void Add(Participant participant) => db.Participants.Add(participant);

    public void Remove(Participant participant) => db.Participants.Remove(participant);

    public async Task<Membership?> FindAsync(WorkflowId id, UserId user, CancellationToken cancellationToken) =>
        (await queries.Membership(db, id, user, cancellationToken))?.ToMembership();

    public async Task<Membership?> FindForUpdateAsync(WorkflowId id, UserId user, CancellationToken cancellationToken) =>
        await db.LockWorkflow(id).SingleOrDefaultAsync(cancellationToken) is { } workflow
        && await FindParticipantAsync(id, user, cancellationToken) is { } participant
            ? new Membership(workflow, participant)
            : null;

    public async Task<IReadOnlyDictionary<(WorkflowId Workflow, UserId User), Membership>> FindForUpdateAsync(
        IReadOnlyCollection<(WorkflowId Workflow, UserId User)> wanted,
        CancellationToken cancellationToken
    )
    {
        WorkflowId[] ids = [.. wanted.Select(each => each.Workflow).Distinct()];
        await foreach (var workflow in db.LockWorkflows(ids).AsNoTracking().AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            posts.Add(new KnownWorkflow(workflow));
        }

        return await MembershipsOfAsync(wanted, cancellationToken);
    }

    public async Task<IReadOnlyDictionary<(WorkflowId Workflow, UserId User), Membership>> FindForPostingAsync(
        IReadOnlyCollection<(WorkflowId Workflow, UserId User)> wanted,
        CancellationToken cancellationToken
    )
    {
        List<WorkflowId> unknown = [];
        foreach (var id in wanted.Select(each => each.Workflow).Distinct())
        {
            if (cache.Take(id) is { } known)
            {
                posts.Add(known);
            }
            else
            {
                unknown.Add(id);
            }
        }

        if (unknown.Count > 0)
        {
            foreach (var workflow in await db.Workflows.AsNoTracking().Where(workflow => unknown.Contains(workflow.Id)).ToListAsync(cancellationToken))
            {
                posts.Add(new KnownWorkflow(workflow));
            }
        }

        return await MembershipsOfAsync(wanted, cancellationToken);
    }

    public Task<WorkflowId> PersonalWorkflowOfAsync(UserId user, CancellationToken cancellationToken) =>
        db.Workflows.Where(workflow => workflow.PersonalOf == user).Select(workflow => workflow.Id).SingleAsync(cancellationToken);

    public Task<Participant?> FindParticipantAsync(WorkflowId id, UserId user, CancellationToken cancellationToken) =>
        db.Participants.SingleOrDefaultAsync(
            participant => participant.WorkflowId == id && participant.UserId == user,
            cancellationToken
        );

    public Task AdvanceReadMarkAsync(WorkflowId id, UserId user, long sequence, CancellationToken cancellationToken) =>
        db
            .Participants.Where(participant =>
                participant.WorkflowId == id && participant.UserId == user && participant.LastReadSequence < sequence
            )
            .ExecuteUpdateAsync(update => update.SetProperty(participant => participant.LastReadSequence, sequence), cancellationToken);

    public Task<int> CountOwnersAsync(WorkflowId id, CancellationToken cancellationToken) =>
        db.Participants.CountAsync(
            participant => participant.WorkflowId == id && participant.Role == ParticipantRole.Owner,
            cancellationToken
        );

    public Task<int> CountParticipantsAsync(WorkflowId id, CancellationToken cancellationToken) =>
        db.Participants.CountAsync(participant => participant.WorkflowId == id, cancellationToken);

    public Task<int> CountOpenMadeByAsync(UserId user, CancellationToken cancellationToken) =>
        Memberships(user)
            .Where(row =>
                row.Participant.Role == ParticipantRole.Owner
                && row.Workflow.PersonalOf == null
                && (row.Workflow.Status == WorkflowStatus.Active || row.Workflow.Status == WorkflowStatus.Paused)
                && db.WorkflowEvents.Any(first => first.WorkflowId == row.Workflow.Id && first.Sequence == 1 && first.ActorId == user.Value)
            )
            .CountAsync(cancellationToken);

    public async Task<ILookup<WorkflowId, Participant>> ListParticipantsAsync(
        IReadOnlyCollection<WorkflowId> ids,
        CancellationToken cancellationToken
    )
    {
        var participants = await db
            .Participants.AsNoTracking()
            .Where(participant => ids.Contains(participant.WorkflowId))
            .OrderBy(participant => participant.JoinedAt)
            .ThenBy(participant => participant.UserId)
            .ToListAsync(cancellationToken);
        return participants.ToLookup(participant => participant.WorkflowId);
    }

    public async Task<IReadOnlyList<Membership>> ListAsync(
        UserId user,
        WorkflowId? before,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var memberships = Memberships(user);
        if (before is { } cursor)
        {
            memberships = memberships.Where(row => row.Workflow.Id < cursor);
        }

        var rows = await memberships.OrderByDescending(row => row.Workflow.Id).Take(limit).ToListAsync(cancellationToken);
        return [.. rows.Select(row => row.ToMembership())];
    }

    public async Task<IReadOnlyDictionary<WorkflowId, long>> LastSequencesAsync(
        UserId user,
        IReadOnlyCollection<WorkflowId> ids,
        CancellationToken cancellationToken
    ) =>
        await queries.LastSequences(db, user, ids).ToDictionaryAsync(row => row.Id, row => row.LastSequence, cancellationToken: cancellationToken);

    public async Task<IReadOnlyDictionary<WorkflowId, long>> LastSequencesAsync(
        IReadOnlyCollection<WorkflowId> ids,
        CancellationToken cancellationToken
    ) =>
        await db
            .Workflows.Where(workflow => ids.Contains(workflow.Id))
            .Select(workflow => new { workflow.Id, workflow.LastSequence })
            .ToDictionaryAsync(row => row.Id, row => row.LastSequence, cancellationToken);

    public async Task<IReadOnlyList<WorkflowEvent>> ListEventsAsync(
        WorkflowId id,
        EventRange range,
        CancellationToken cancellationToken
    )
    {
        var events = queries.Events(db, id, range.After, range.UpTo, range.Limit);
        List<WorkflowEvent> taken = [];
        var characters = 0;

        // One by one: a page of the longest messages would be megabytes of which most is not wanted.
        await foreach (var @event in events.WithCancellation(cancellationToken))
        {
            characters += @event.TextLength;
            if (characters > range.MaximumCharacters && taken.Count > 0)
            {
                break;
            }

            taken.Add(@event);
        }

        return taken;
    }

    /// <summary>
    /// Reads the participants that are not known yet, after their workflows: if nothing has happened in a workflow since, they are
    /// still participants.
    /// </summary>
    private async Task<IReadOnlyDictionary<(WorkflowId Workflow, UserId User), Membership>> MembershipsOfAsync(
        IReadOnlyCollection<(WorkflowId Workflow, UserId User)> wanted,
        CancellationToken cancellationToken
    )
    {
        var unknown = wanted.Where(each => posts.Find(each.Workflow)?.Participants.ContainsKey(each.User) == false).ToList();
        if (unknown.Count > 0)
        {
            var participants = db.ParticipantsIn([.. unknown.Select(each => each.Workflow)], [.. unknown.Select(each => each.User)]);
            foreach (var participant in await participants.AsNoTracking().ToListAsync(cancellationToken))
            {
                posts.Find(participant.WorkflowId)!.Participants.Add(participant.UserId, participant);
            }
        }

        var memberships = new Dictionary<(WorkflowId, UserId), Membership>(wanted.Count);
        foreach (var (id, user) in wanted)
        {
            if (posts.Find(id) is { } known && known.Participants.TryGetValue(user, out var participant))
            {
                memberships.Add((id, user), new Membership(known.Workflow, participant));
            }
        }

        return memberships;
    }

    private IQueryable<MembershipRow> Memberships(UserId user) =>
        from participant in db.Participants.AsNoTracking()
        join workflow in db.Workflows.AsNoTracking() on participant.WorkflowId equals workflow.Id
        where participant.UserId == user
        select new MembershipRow { Workflow = workflow, Participant = participant };
}
