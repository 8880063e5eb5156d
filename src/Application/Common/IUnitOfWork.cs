using BmadServer.Domain.Common;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.Common;

/// <summary>
/// One transaction. Everything that the work changed is stored together or not at all, and the workflow events that it
/// raised are published after the commit.
/// </summary>
public interface IUnitOfWork
{
    /// <summary>
    /// Runs work that changes no workflow that others can see. Once the commit has begun it is no longer cancelled:
    /// half a commit could not be told from none.
    /// </summary>
    /// <exception cref="DuplicateKeyException">Another transaction stored the same unique key first.</exception>
    /// <exception cref="ConcurrentChangeException">Another transaction changed what this one had read.</exception>
    /// <exception cref="DomainException"><c>service.unavailable</c>: the database does not answer.</exception>
    Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>
    /// The same for work that appends to a workflow's log. The node's other writers of that workflow wait until the
    /// events are published, so that they are published in sequence order.
    /// </summary>
    Task<T> ExecuteAsync<T>(WorkflowId workflow, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>The same for work that appends to the logs of several workflows.</summary>
    /// <param name="workflows">Each once, in any order.</param>
    Task<T> ExecuteAsync<T>(
        IReadOnlyCollection<WorkflowId> workflows,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// The same for work that only posts, to workflows that it found as they were known (<see cref="IWorkflowRepository.FindForPostingAsync"/>):
    /// its posts are stored in one step if nothing has happened in their workflows since, and not at all otherwise.
    /// </summary>
    /// <param name="workflows">Each once, in any order.</param>
    /// <exception cref="ConcurrentChangeException">Something has happened in one of them.</exception>
    Task<T> PostAsync<T>(
        IReadOnlyCollection<WorkflowId> workflows,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken
    );

    /// <summary>Runs reads that all see the data of one moment, and changes nothing.</summary>
    Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken);
}

public static class UnitOfWorkExtensions
{
    /// <inheritdoc cref="IUnitOfWork.ExecuteAsync{T}(Func{CancellationToken, Task{T}}, CancellationToken)"/>
    public static Task ExecuteAsync(
        this IUnitOfWork unitOfWork,
        Func<CancellationToken, Task> work,
        CancellationToken cancellationToken
    ) =>
        unitOfWork.ExecuteAsync(
            async token =>
            {
                await work(token);
                return true;
            },
            cancellationToken
        );
}

/// <summary>A unique key was taken, by a transaction that committed first.</summary>
public sealed class DuplicateKeyException(Exception innerException)
    : Exception("Another transaction stored the same unique key first.", innerException);

/// <summary>Optimistic concurrency: a version moved on between reading and writing.</summary>
public sealed class ConcurrentChangeException(Exception? innerException = null)
    : Exception("Another transaction changed what this one had read.", innerException);
