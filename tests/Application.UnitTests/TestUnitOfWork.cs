using BmadServer.Application.Common;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests;

/// <summary>Runs the work at once; a commit fails as the test says.</summary>
internal sealed class TestUnitOfWork : IUnitOfWork
{
    private readonly Queue<Func<Exception?>> _outcomes = new();

    public event Action? Began;

    public event Action? RolledBack;

    public int Attempts { get; private set; }

    public int Commits { get; private set; }

    /// <summary>Whose writers the last committed work made wait; null when it changed no workflow.</summary>
    public WorkflowId? CommittedIn { get; private set; }

    public bool IsReading { get; private set; }

    /// <summary>The next commit succeeds, whatever is to become of those after it.</summary>
    public void Succeeds() => _outcomes.Enqueue(() => null);

    /// <summary>The next commits lose against somebody who changed the same record.</summary>
    public void LosesRaces(int times, Action? meanwhile = null) =>
        Fails(times, meanwhile, () => new ConcurrentChangeException(new InvalidOperationException("version")));

    /// <summary>The next commit loses against somebody who stored the same unique key.</summary>
    public void FindsKeyTaken(Action? meanwhile = null) =>
        Fails(times: 1, meanwhile, () => new DuplicateKeyException(new InvalidOperationException("key")));

    public void Fails(Exception failure) => Fails(times: 1, meanwhile: null, () => failure);

    public Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        CommitAsync(null, work, cancellationToken);

    public Task<T> ExecuteAsync<T>(WorkflowId workflow, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        CommitAsync(workflow, work, cancellationToken);

    public Task<T> ExecuteAsync<T>(
        IReadOnlyCollection<WorkflowId> workflows,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken
    ) => CommitAsync(workflows.ShouldHaveSingleItem(), work, cancellationToken);

    public Task<T> PostAsync<T>(
        IReadOnlyCollection<WorkflowId> workflows,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken
    ) => CommitAsync(workflows.ShouldHaveSingleItem(), work, cancellationToken);

    public async Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        IsReading = true;
        try
        {
            return await read(cancellationToken);
        }
        finally
        {
            IsReading = false;
        }
    }

    private async Task<T> CommitAsync<T>(WorkflowId? workflow, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        Attempts++;
        Began?.Invoke();
        try
        {
            var result = await work(cancellationToken);
            if (_outcomes.TryDequeue(out var outcome) && outcome() is { } failure)
            {
                throw failure;
            }

            Commits++;
            CommittedIn = workflow;
            return result;
        }
        catch
        {
            RolledBack?.Invoke();
            throw;
        }
    }

    private void Fails(int times, Action? meanwhile, Func<Exception> failure)
    {
        for (var i = 0; i < times; i++)
        {
            _outcomes.Enqueue(() =>
            {
                meanwhile?.Invoke();
                return failure();
            });
        }
    }
}
