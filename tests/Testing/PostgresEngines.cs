namespace BmadServer.Testing;

/// <summary>Finds a way to run PostgreSQL on this machine: a container engine first, then local binaries.</summary>
internal static class PostgresEngines
{
    /// <summary>Syncs to disk as in production.</summary>
    public static IReadOnlyList<string> Settings { get; } =
        ["fsync=on", "full_page_writes=on", "synchronous_commit=on", "max_connections=300"];

    /// <param name="given">What the caller says about <c>BMADSERVER_TEST_POSTGRES</c> when there is neither.</param>
    public static async Task<IPostgresEngine> StartAsync(string given, CancellationToken cancellationToken)
    {
        var noEngine = await PostgresContainer.FindObstacleAsync(cancellationToken);
        if (noEngine is null)
        {
            return await PostgresContainer.StartNewAsync(cancellationToken);
        }

        var binaries = await LocalPostgres.FindBinariesAsync(cancellationToken);
        if (binaries is not null)
        {
            return await LocalPostgres.StartNewAsync(binaries, $"local binaries {binaries} ({noEngine})", cancellationToken);
        }

        throw new InvalidOperationException(
            $"""
            These tests need PostgreSQL, and this machine has none:
              - {given};
              - {noEngine};
              - no initdb and postgres where pg_config points, nor in /usr/lib/postgresql/*/bin.
            Do one of these:
              - start Docker (an engine whose API is older than 1.44 needs DOCKER_API_VERSION as well);
              - install PostgreSQL 15 or newer (on Debian or Ubuntu: apt-get install postgresql);
              - where the tests do not have to kill it, set {PostgresServer.Variable} to the connection string of an
                administrator, for example Host=127.0.0.1;Username=postgres;Password=secret
            """);
    }
}
