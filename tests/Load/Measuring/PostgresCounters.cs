using Npgsql;

namespace BmadServer.Load.Measuring;

/// <summary>What PostgreSQL counts, read on a connection of its own.</summary>
internal sealed class PostgresCounters : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private PostgresCounters(NpgsqlConnection connection) => _connection = connection;

    public static async Task<PostgresCounters> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var single = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        var connection = new NpgsqlConnection(single);
        await connection.OpenAsync(cancellationToken);
        return new PostgresCounters(connection);
    }

    /// <summary>
    /// How many transactions have begun to write, on the whole server: each takes one transaction id, at once, while what
    /// <c>pg_stat_database</c> counts lags behind by seconds.
    /// </summary>
    public Task<long> ReadWritesAsync(CancellationToken cancellationToken) =>
        ReadAsync("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint", cancellationToken);

    /// <summary>
    /// <c>xact_commit</c> of the database: transactions that committed, those that only read among them. A connection that has become
    /// idle reports its last ones ten seconds later.
    /// </summary>
    public Task<long> ReadCommitsAsync(CancellationToken cancellationToken) =>
        ReadAsync("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()", cancellationToken);

    /// <summary>How many bytes of write-ahead log the whole server has written.</summary>
    public Task<long> ReadLogAsync(CancellationToken cancellationToken) =>
        ReadAsync("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint", cancellationToken);

    /// <summary>Processor time of all processes of the PostgreSQL server; null where they cannot be seen.</summary>
    public TimeSpan? ReadProcessor() => ProcessorTime.ParentOf(_connection.ProcessID) is { } server ? ProcessorTime.OfFamily(server) : null;

    public async Task<string> ShowAsync(string setting, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT current_setting($1)", _connection)
        {
            Parameters = { new() { Value = setting } },
        };
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<long> ReadAsync(string query, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(query, _connection);
        var value = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        // What follows is not done on the thread that sockets wait for.
        await Task.Yield();
        return value;
    }
}
