using BmadServer.Application.Common;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Persistence.Posts;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Infrastructure.Persistence;

internal sealed class UnitOfWork(
    AppDbContext db,
    NewPosts posts,
    WorkflowCache cache,
    IWriteLocks locks,
    IWorkflowEventPublisher publisher
) : IUnitOfWork
{
    public async Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var held = await locks.EnterAsync(workflow: null, cancellationToken);
        return await CommitAsync([], work, cancellationToken);
    }

    public async Task<T> ExecuteAsync<T>(
        WorkflowId workflow,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken
    )
    {
        using var held = await locks.EnterAsync(workflow, cancellationToken);
        return await CommitAsync([workflow], work, cancellationToken);
    }

    public async Task<T> ExecuteAsync<T>(
        IReadOnlyCollection<WorkflowId> workflows,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken
    )
    {
        using var held = await locks.EnterFirstAsync(workflows, cancellationToken);
        return await CommitAsync(workflows, work, cancellationToken);
    }

    public async Task<T> PostAsync<T>(
        IReadOnlyCollection<WorkflowId> workflows,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken
    )
    {
        using var held = await locks.EnterFirstAsync(workflows, cancellationToken);
        Forget();
        var result = await work(cancellationToken);
        Publish(await StorePostsAsync(CancellationToken.None));
        return result;
    }

    public async Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        // Else what was read before would be given again, as it was then.
        db.ChangeTracker.Clear();
        await using var snapshot = await db.BeginSnapshotAsync(cancellationToken);
        return await read(cancellationToken);
    }

    private async Task<T> CommitAsync<T>(
        IReadOnlyCollection<WorkflowId> workflows,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken
    )
    {
        Forget();
        foreach (var workflow in workflows)
        {
            cache.Remove(workflow);
        }

        // Nothing is saved a second time in a transaction that has failed.
        db.Database.AutoSavepointsEnabled = false;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var result = await work(cancellationToken);
        var events = await SaveAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        Publish(events);
        return result;
    }

    /// <summary>What was read before the lock was held may be stale.</summary>
    private void Forget()
    {
        db.ChangeTracker.Clear();
        posts.Clear();
    }

    /// <returns>The events that are stored now, and can be published once they are committed.</returns>
    private async Task<List<WorkflowEvent>> SaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            List<WorkflowEvent> events = [];
            foreach (var entry in db.ChangeTracker.Entries<Workflow>())
            {
                events.AddRange(entry.Entity.TakePendingEvents().Cast<WorkflowEvent>());
            }

            db.WorkflowEvents.AddRange(events);
            await db.SaveChangesAsync(cancellationToken);
            events.AddRange(await StorePostsAsync(cancellationToken));
            return events;
        }
        catch (DbUpdateConcurrencyException lost)
        {
            throw new ConcurrentChangeException(lost);
        }
        catch (DbUpdateException failure) when (DatabaseErrors.IsDuplicateKey(failure))
        {
            throw new DuplicateKeyException(failure);
        }
    }

    /// <returns>The events that posted them, which are stored too.</returns>
    private async Task<List<WorkflowEvent>> StorePostsAsync(CancellationToken cancellationToken)
    {
        List<WorkflowEvent> events = [];
        if (posts.Messages.Count == 0)
        {
            return events;
        }

        foreach (var known in posts.Workflows)
        {
            events.AddRange(known.Workflow.TakePendingEvents().Cast<WorkflowEvent>());
        }

        try
        {
            await db.InsertPostsAsync(posts.Messages, [.. posts.Workflows.Where(known => known.HasNewPosts)], cancellationToken);
        }
        catch (Exception failure) when (DatabaseErrors.IsDuplicateKey(failure))
        {
            throw new DuplicateKeyException(failure);
        }
        catch (Exception failure) when (DatabaseErrors.IsLostRace(failure))
        {
            throw new ConcurrentChangeException(failure);
        }

        return events;
    }

    /// <summary>All of it is committed.</summary>
    private void Publish(List<WorkflowEvent> events)
    {
        foreach (var known in posts.Workflows)
        {
            known.NoteStored();
            cache.Put(known);
        }

        if (events.Count > 0)
        {
            publisher.Publish(events);
        }
    }
}
