using Npgsql;

namespace BmadServer.Testing;

/// <summary>
/// A PostgreSQL of the test's own that can be stopped, killed and started again on its data. It syncs to disk as in
/// production, and its address stays the same: that of a proxy in front of it. It is looked for in the order of
/// <see cref="PostgresServer"/>, without the server that <c>BMADSERVER_TEST_POSTGRES</c> names, which is not ours to kill.
/// </summary>
public sealed class KillablePostgres : IAsyncDisposable
{
    private readonly IPostgresEngine _engine;
    private readonly PostgresAdministrator _administrator;

    private KillablePostgres(IPostgresEngine engine)
    {
        _engine = engine;
        var address = new NpgsqlConnectionStringBuilder(engine.Administrator);
        Proxy = new TcpProxy(address.Port, address.Host!);
        address.Host = "127.0.0.1";
        address.Port = Proxy.Port;
        _administrator = new PostgresAdministrator(address.ConnectionString);
    }

    /// <summary>One line that says where this server comes from.</summary>
    public string Source => _engine.Source;

    /// <summary>What every connection to it goes through.</summary>
    public TcpProxy Proxy { get; }

    /// <exception cref="InvalidOperationException">There is no PostgreSQL on this machine that a test could kill.</exception>
    public static async Task<KillablePostgres> StartNewAsync(CancellationToken cancellationToken = default)
    {
        var engine = await PostgresEngines.StartAsync(
            $"one that {PostgresServer.Variable} names may not be killed",
            cancellationToken
        );
        await Console.Error.WriteLineAsync($"PostgreSQL to be killed: {engine.Source}");
        return new KillablePostgres(engine);
    }

    /// <summary>Makes an empty UTF-8 database.</summary>
    /// <returns>A connection string of an administrator of that database, good over restarts.</returns>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken = default) =>
        (await _administrator.CreateDatabaseAsync(name: null, cancellationToken)).ConnectionString;

    /// <summary>SIGKILL for all its processes at once, as a power cut would end them. New connections are refused.</summary>
    public async Task KillAsync(CancellationToken cancellationToken = default)
    {
        await _engine.KillAsync(cancellationToken);
        Proxy.Refuse();
    }

    /// <summary>Stops it in an orderly way: it says farewell to its clients. New connections are refused.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await _engine.StopAsync(cancellationToken);
        Proxy.Refuse();
    }

    /// <summary>Starts it again on its data and at its address, and returns when it has recovered and accepts connections.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _engine.StartAsync(cancellationToken);
        Proxy.Retarget(new NpgsqlConnectionStringBuilder(_engine.Administrator).Port);
        Proxy.Accept();
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await _engine.DisposeAsync();
    }
}
