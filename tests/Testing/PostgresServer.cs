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
    internal const string Variable = "BMADSERVER_TEST_POSTGRES";

    private readonly PostgresAdministrator administrator;
    private readonly IPostgresEngine? started;
    private readonly List<string> created = [];
    private bool disposed;

    private PostgresServer(string source, string administrator, IPostgresEngine? started)
    {
        Source = source;
        this.administrator = new PostgresAdministrator(administrator);
        this.started = started;
    }

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
    public async Task<string> CreateDatabaseAsync(string? name = null, CancellationToken cancellationToken = default) =>
        Remember(await administrator.CreateDatabaseAsync(name, cancellationToken));

    /// <summary>Makes a database with all that another one holds, which nobody may be connected to.</summary>
    /// <param name="original">Its connection string.</param>
    /// <returns>A connection string of an administrator of the new one.</returns>
    public async Task<string> CopyDatabaseAsync(string original, CancellationToken cancellationToken = default) =>
        Remember(await administrator.CopyDatabaseAsync(original, cancellationToken));

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
            await administrator.DropDatabaseAsync(name);
        }
    }

    private string Remember((string Name, string ConnectionString) database)
    {
        lock (created)
        {
            created.Add(database.Name);
        }

        return database.ConnectionString;
    }

    private static async Task<PostgresServer> ChooseAsync(CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            try
            {
                await new PostgresAdministrator(given).WaitUntilReadyAsync(TimeSpan.FromSeconds(15), cancellationToken);
            }
            catch (NpgsqlException e)
            {
                throw new InvalidOperationException($"The PostgreSQL that {Variable} names does not answer: {e.Message}", e);
            }

            return new PostgresServer(Variable, given, started: null);
        }

        var engine = await PostgresEngines.StartAsync($"{Variable} is not set", cancellationToken);
        return new PostgresServer(engine.Source, engine.Administrator, engine);
    }
}
