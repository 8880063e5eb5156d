using BmadServer.Domain.Workflows;

namespace BmadServer.Infrastructure.Persistence;

/// <summary>
/// Who may write now, on this node. Held from before a transaction begins until its events are published: that is what
/// keeps the pushes of one workflow in sequence order.
/// </summary>
internal interface IWriteLocks
{
    /// <param name="workflow">The workflow that will be changed; null for a change that no other writer orders itself by.</param>
    /// <returns>Releases the lock when disposed.</returns>
    ValueTask<IDisposable?> EnterAsync(WorkflowId? workflow, CancellationToken cancellationToken);
}

/// <summary>
/// The embedded database has one writer at a time. Waiting here is fair and costs no thread, unlike waiting for SQLite's own lock.
/// </summary>
internal sealed class SqliteWriteLocks : IWriteLocks, IDisposable
{
    private readonly SemaphoreSlim _writer = new(1, 1);

    public async ValueTask<IDisposable?> EnterAsync(WorkflowId? workflow, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        return new Release(_writer);
    }

    public void Dispose() => _writer.Dispose();

    private sealed class Release(SemaphoreSlim writer) : IDisposable
    {
        public void Dispose() => writer.Release();
    }
}

/// <summary>
/// PostgreSQL locks the workflow's row, across all nodes, but only until the commit. This holds back the node's own writers
/// of that workflow a moment longer; they would have waited for the row anyway.
/// </summary>
internal sealed class PostgresWriteLocks : IWriteLocks
{
    private readonly Dictionary<WorkflowId, Entry> _entries = [];

    public async ValueTask<IDisposable?> EnterAsync(WorkflowId? workflow, CancellationToken cancellationToken)
    {
        if (workflow is not { } id)
        {
            return null;
        }

        Entry entry;
        lock (_entries)
        {
            if (!_entries.TryGetValue(id, out entry!))
            {
                _entries.Add(id, entry = new Entry());
            }

            entry.Users++;
        }

        try
        {
            await entry.Writer.WaitAsync(cancellationToken);
        }
        catch
        {
            Forget(id, entry);
            throw;
        }

        return new Release(this, id, entry);
    }

    private void Forget(WorkflowId id, Entry entry)
    {
        lock (_entries)
        {
            if (--entry.Users == 0)
            {
                _entries.Remove(id);
                entry.Writer.Dispose();
            }
        }
    }

    private sealed class Entry
    {
        public SemaphoreSlim Writer { get; } = new(1, 1);

        /// <summary>Those who hold the lock or wait for it; at zero nobody knows the entry any more.</summary>
        public int Users { get; set; }
    }

    private sealed class Release(PostgresWriteLocks owner, WorkflowId id, Entry entry) : IDisposable
    {
        public void Dispose()
        {
            entry.Writer.Release();
            owner.Forget(id, entry);
        }
    }
}
