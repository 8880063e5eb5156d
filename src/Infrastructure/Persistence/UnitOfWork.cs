using BmadServer.Application.Common;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Workflows;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Infrastructure.Persistence;

internal sealed class UnitOfWork(AppDbContext db, IWriteLocks locks, IWorkflowEventPublisher publisher) : IUnitOfWork
{
    public Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        ExecuteAsync(workflow: null, work, cancellationToken);

    public Task<T> ExecuteAsync<T>(
        WorkflowId workflow,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken
    ) => ExecuteAsync((WorkflowId?)workflow, work, cancellationToken);

    public async Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        // Else what was read before would be given again, as it was then.
        db.ChangeTracker.Clear();
        await using var snapshot = await db.BeginSnapshotAsync(cancellationToken);
        return await read(cancellationToken);
    }

    private async Task<T> ExecuteAsync<T>(
        WorkflowId? workflow,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken
    )
    {
        using var held = await locks.EnterAsync(workflow, cancellationToken);

        // What was read before the lock was held may be stale.
        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var result = await work(cancellationToken);
        var events = StagePendingEvents();
        await SaveAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        if (events.Count > 0)
        {
            publisher.Publish(events);
        }

        return result;
    }

    private List<WorkflowEvent> StagePendingEvents()
    {
        List<WorkflowEvent> events = [];
        foreach (var workflow in db.ChangeTracker.Entries<Workflow>())
        {
            events.AddRange(workflow.Entity.TakePendingEvents().Cast<WorkflowEvent>());
        }

        db.WorkflowEvents.AddRange(events);
        return events;
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
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
}
