using BmadServer.Domain.Workflows;

namespace BmadServer.Infrastructure.Persistence;

/// <summary>
/// Who may write now, on this node. Held from before a transaction begins until its events are published: that is what
/// keeps the pushes of one workflow in sequence order.
/// </summary>
internal interface IWriteLocks
{
    /// <param name="workflow">The one that will be changed; null for a change that no other writer orders itself by.</param>
    /// <returns>Releases the lock when disposed.</returns>
    ValueTask<IDisposable?> EnterAsync(WorkflowId? workflow, CancellationToken cancellationToken);

    /// <summary>
    /// For posts, which many people wait for: ahead of those who queue for one of the workflows, so that whoever changes one of them
    /// over and over does not hold up the others. One at a time.
    /// </summary>
    /// <param name="workflows">Those that will be changed, each once.</param>
    /// <returns>Releases the locks when disposed.</returns>
    ValueTask<IDisposable> EnterFirstAsync(IReadOnlyCollection<WorkflowId> workflows, CancellationToken cancellationToken);
}

/// <summary>
/// The embedded database has one writer at a time. Waiting here is fair and costs no thread, unlike waiting for SQLite's own lock.
/// </summary>
internal sealed class SqliteWriteLocks : IWriteLocks, IDisposable
{
    private readonly WriterLock _writer = new();

    public async ValueTask<IDisposable?> EnterAsync(WorkflowId? workflow, CancellationToken cancellationToken)
    {
        await _writer.EnterAsync(cancellationToken);
        return new Release(_writer);
    }

    public async ValueTask<IDisposable> EnterFirstAsync(IReadOnlyCollection<WorkflowId> workflows, CancellationToken cancellationToken)
    {
        await _writer.EnterFirstAsync(cancellationToken);
        return new Release(_writer);
    }

    public void Dispose() => _writer.Dispose();

    private sealed class Release(WriterLock writer) : IDisposable
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

    public async ValueTask<IDisposable?> EnterAsync(WorkflowId? workflow, CancellationToken cancellationToken) =>
        workflow is { } id ? await EnterAsync([id], (writer, token) => writer.EnterAsync(token), cancellationToken) : null;

    /// <summary>All in the same order: of two that want the same workflows, one gets the first of them.</summary>
    public async ValueTask<IDisposable> EnterFirstAsync(IReadOnlyCollection<WorkflowId> workflows, CancellationToken cancellationToken) =>
        await EnterAsync([.. workflows.OrderBy(workflow => workflow.Value)], (writer, token) => writer.EnterFirstAsync(token), cancellationToken);

    private async ValueTask<IDisposable> EnterAsync(
        WorkflowId[] workflows,
        Func<WriterLock, CancellationToken, Task> enterAsync,
        CancellationToken cancellationToken
    )
    {
        var held = new Held(this, workflows.Length);
        try
        {
            foreach (var id in workflows)
            {
                held.Add(id, await EnterAsync(id, enterAsync, cancellationToken));
            }
        }
        catch
        {
            held.Dispose();
            throw;
        }

        return held;
    }

    private async ValueTask<Entry> EnterAsync(
        WorkflowId id,
        Func<WriterLock, CancellationToken, Task> enterAsync,
        CancellationToken cancellationToken
    )
    {
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
            await enterAsync(entry.Writer, cancellationToken);
        }
        catch
        {
            Forget(id, entry);
            throw;
        }

        return entry;
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
        public WriterLock Writer { get; } = new();

        /// <summary>Those who hold the lock or wait for it; at zero nobody knows the entry any more.</summary>
        public int Users { get; set; }
    }

    private sealed class Held(PostgresWriteLocks owner, int count) : IDisposable
    {
        private readonly List<(WorkflowId Id, Entry Entry)> _entries = new(count);

        public void Add(WorkflowId id, Entry entry) => _entries.Add((id, entry));

        public void Dispose()
        {
            foreach (var (id, entry) in _entries)
            {
                entry.Writer.Release();
                owner.Forget(id, entry);
            }
        }
    }
}

/// <summary>A lock with two doors: those at the first one wait for whoever holds it and for one more, however many queue at the other.</summary>
internal sealed class WriterLock : IDisposable
{
    private readonly SemaphoreSlim _queue = new(1, 1);
    private readonly SemaphoreSlim _writer = new(1, 1);

    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        await _queue.WaitAsync(cancellationToken);
        try
        {
            await _writer.WaitAsync(cancellationToken);
        }
        finally
        {
            _queue.Release();
        }
    }

    public Task EnterFirstAsync(CancellationToken cancellationToken) => _writer.WaitAsync(cancellationToken);

    public void Release() => _writer.Release();

    public void Dispose()
    {
        _queue.Dispose();
        _writer.Dispose();
    }
}
