using BmadServer.Testing;

namespace BmadServer.Load.Measuring;

/// <summary>What is read from outside of a process under test, and of its database.</summary>
internal sealed class Instruments : IAsyncDisposable
{
    private readonly ServerNode _node;
    private CounterProbe? _allocations;

    private Instruments(ServerNode node, PostgresCounters? postgres) => (_node, Postgres) = (node, postgres);

    /// <summary>Null where the process uses no PostgreSQL.</summary>
    public PostgresCounters? Postgres { get; }

    public TimeSpan ServerProcessor => _node.ProcessorTime;

    public long ServerBytes => _node.ResidentBytes;

    /// <param name="database">The connection string of its PostgreSQL database; null where it has none.</param>
    public static async Task<Instruments> OpenAsync(ServerNode node, string? database, CancellationToken cancellationToken) =>
        new(node, database is null ? null : await PostgresCounters.OpenAsync(database, cancellationToken));

    /// <summary>What the process has allocated so far, in bytes. The first call begins to listen, which itself takes some memory.</summary>
    public async Task<CounterReading> ReadAllocatedAsync(CancellationToken cancellationToken)
    {
        _allocations ??= await CounterProbe.OfAllocationsAsync(_node.Pid, cancellationToken);
        return await _allocations.ReadAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_allocations is not null)
        {
            await _allocations.DisposeAsync();
        }

        if (Postgres is not null)
        {
            await Postgres.DisposeAsync();
        }
    }
}
