using System.Security.Cryptography;
using Npgsql;

namespace BmadServer.Testing;

/// <summary>What an administrator of a PostgreSQL server does for the tests.</summary>
internal sealed class PostgresAdministrator(string connectionString)
{
    /// <summary>Makes an empty UTF-8 database.</summary>
    /// <param name="name">Its name, which must be free; by default a new random one.</param>
    /// <returns>Its name and a connection string of an administrator of it.</returns>
    public async Task<(string Name, string ConnectionString)> CreateDatabaseAsync(string? name, CancellationToken cancellationToken)
    {
        name ??= NewName();
        // template0, because an administrator may have put something of his own into template1.
        await ExecuteAsync($"CREATE DATABASE {Quote(name)} TEMPLATE template0 ENCODING 'UTF8'", cancellationToken);
        return (name, ConnectionStringOf(name));
    }

    /// <summary>Makes a database with all that another one holds, which nobody may be connected to.</summary>
    /// <returns>Its name and a connection string of an administrator of it.</returns>
    public async Task<(string Name, string ConnectionString)> CopyDatabaseAsync(
        string original,
        CancellationToken cancellationToken
    )
    {
        var name = NewName();
        var template = new NpgsqlConnectionStringBuilder(original).Database!;
        await ExecuteAsync($"CREATE DATABASE {Quote(name)} TEMPLATE {Quote(template)}", cancellationToken);
        return (name, ConnectionStringOf(name));
    }

    public Task DropDatabaseAsync(string name) =>
        ExecuteAsync($"DROP DATABASE IF EXISTS {Quote(name)} WITH (FORCE)", CancellationToken.None);

    /// <summary>Returns when a connection was opened. A log line or an open port would promise less.</summary>
    public async Task WaitUntilReadyAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var shortTries = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Timeout = 3 }.ConnectionString;
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(shortTries);
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException) when (TimeProvider.System.GetElapsedTime(start) < limit)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
            }
        }
    }

    private static string NewName() => $"test_{RandomNumberGenerator.GetHexString(16, lowercase: true)}";

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private string ConnectionStringOf(string name) =>
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            Database = name,
            IncludeErrorDetail = true,
            Pooling = true,
            // Seconds. Every database has its own pool in every process, and together they share the server's connections.
            ConnectionIdleLifetime = 10,
            ConnectionPruningInterval = 5,
        }.ConnectionString;

    private async Task ExecuteAsync(string statement, CancellationToken cancellationToken)
    {
        var single = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(single);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
