using BmadServer.Testing;

namespace BmadServer.Integration.Tests.Support;

/// <summary>The databases that every test runs on.</summary>
public enum Database
{
    Sqlite,
    Postgres,
}

/// <summary>One PostgreSQL for the whole run, started when the first test asks for it.</summary>
[SetUpFixture]
public sealed class SharedPostgres
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(() => PostgresServer.StartAsync(CancellationToken.None));

    /// <summary>The connection string of a new, empty database.</summary>
    public static async Task<string> CreateDatabaseAsync() => await (await Server.Value).CreateDatabaseAsync();

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (Server.IsValueCreated)
        {
            await (await Server.Value).DisposeAsync();
        }
    }
}
