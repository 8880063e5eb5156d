using System.Security.Cryptography;
using Npgsql;

namespace BmadServer.Testing;

/// <summary>
/// A running PostgreSQL for tests. It is looked for in this order: <c>BMADSERVER_TEST_POSTGRES</c>, a container engine,
/// local binaries. Where there is none, <see cref="StartAsync"/> throws: a test that needs PostgreSQL is never skipped.
/// </summary>
/// <remarks>
/// <c>BMADSERVER_TEST_POSTGRES</c> is the connection string of an administrator.
/// <c>BMADSERVER_TEST_POSTGRES_IMAGE</c> names the image that the engine runs; the default is <c>postgres:17-alpine</c>.
/// A server started here syncs to disk as in production and allows 300 connections.
/// </remarks>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly string administrator;
    private readonly IAsyncDisposable? started;
    private readonly List<string> created = [];
    private bool disposed;

    private PostgresServer(string source, string administrator, IAsyncDisposable? started)
    {
        Source = source;
        this.administrator = administrator;
        this.started = started;
    }

    internal static IReadOnlyList<string> Settings { get; } =
        ["fsync=on", "full_page_writes=on", "synchronous_commit=on", "max_connections=300"];

    /// <summary>One line that says where this server comes from.</summary>
    public string Source { get; }

    /// <summary>Finds or starts a server, and returns when it accepts connections. The choice is written to standard error.</summary>
    /// <exception cref="InvalidOperationException">There is no PostgreSQL on this machine, or the one chosen does not work.</exception>
    public static async Task<PostgresServer> StartAsync(CancellationToken cancellationToken = default)
    {
        var server = await ChooseAsync(cancellationToken);
        await Console.Error.WriteLineAsync($"PostgreSQL for the tests: {server.Source}");
        return server;
    }

    /// <summary>Makes an empty UTF-8 database.</summary>
    /// <param name="name">Its name, which must be free; by default a new random one.</param>
    /// <returns>A connection string of an administrator of that database.</returns>
    public async Task<string> CreateDatabaseAsync(string? name = null, CancellationToken cancellationToken = default)
    {
        name ??= $"test_{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        // template0, because an administrator may have put something of his own into template1.
        await ExecuteAsync($"CREATE DATABASE {Quote(name)} TEMPLATE template0 ENCODING 'UTF8'", cancellationToken);
        lock (created)
        {
            created.Add(name);
        }

        return new NpgsqlConnectionStringBuilder(administrator)
        {
            Database = name,
            IncludeErrorDetail = true,
            Pooling = true,
            // Seconds. Every database has its own pool in every process, and together they share the server's connections.
            ConnectionIdleLifetime = 10,
            ConnectionPruningInterval = 5,
        }.ConnectionString;
    }

    /// <summary>Stops the server if it was started here; on one that was given, drops the databases made here.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        if (started is not null)
        {
            await started.DisposeAsync();
            return;
        }

        foreach (var name in created)
        {
            await ExecuteAsync($"DROP DATABASE IF EXISTS {Quote(name)} WITH (FORCE)", CancellationToken.None);
        }
    }

    /// <summary>Returns when a connection was opened. A log line or an open port would promise less.</summary>
    internal static async Task WaitUntilReadyAsync(string administrator, TimeSpan limit, CancellationToken cancellationToken)
    {
        var shortTries = new NpgsqlConnectionStringBuilder(administrator) { Pooling = false, Timeout = 3 }.ConnectionString;
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

    private static async Task<PostgresServer> ChooseAsync(CancellationToken cancellationToken)
    {
        const string variable = "BMADSERVER_TEST_POSTGRES";
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given)
        {
            try
            {
                await WaitUntilReadyAsync(given, TimeSpan.FromSeconds(15), cancellationToken);
            }
            catch (NpgsqlException e)
            {
                throw new InvalidOperationException($"The PostgreSQL that {variable} names does not answer: {e.Message}", e);
            }

            return new PostgresServer(variable, given, started: null);
        }

        var noEngine = await PostgresContainer.FindObstacleAsync(cancellationToken);
        if (noEngine is null)
        {
            var container = await PostgresContainer.StartAsync(cancellationToken);
            return new PostgresServer(container.Source, container.Administrator, container);
        }

        var binaries = await LocalPostgres.FindBinariesAsync(cancellationToken);
        if (binaries is not null)
        {
            var local = await LocalPostgres.StartAsync(binaries, cancellationToken);
            return new PostgresServer($"local binaries {binaries} ({noEngine})", local.Administrator, local);
        }

        throw new InvalidOperationException(
            $"""
            These tests need PostgreSQL, and this machine has none:
              - {variable} is not set;
              - {noEngine};
              - no initdb and postgres where pg_config points, nor in /usr/lib/postgresql/*/bin.
            Do one of these:
              - start Docker (an engine whose API is older than 1.44 needs DOCKER_API_VERSION as well);
              - install PostgreSQL 15 or newer (on Debian or Ubuntu: apt-get install postgresql);
              - set {variable} to the connection string of an administrator, for example
                Host=127.0.0.1;Username=postgres;Password=secret
            """);
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private async Task ExecuteAsync(string statement, CancellationToken cancellationToken)
    {
        var single = new NpgsqlConnectionStringBuilder(administrator) { Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(single);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
