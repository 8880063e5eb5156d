using BmadServer.Infrastructure.Persistence;
using BmadServer.Integration.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Persistence;

public sealed class SchemaTests(Database database) : ServerTest(database)
{
    [Test]
    public async Task The_migrations_give_what_the_model_needs() =>
        (await Server.InDatabaseAsync(db => Task.FromResult(db.Database.HasPendingModelChanges()))).ShouldBeFalse();

    [Test]
    public async Task A_server_that_migrates_on_start_leaves_nothing_to_migrate()
    {
        await using var scope = Server.Services.CreateAsyncScope();
        var migrator = scope.ServiceProvider.GetRequiredService<DatabaseMigrator>();

        (await migrator.PendingAsync(CancellationToken.None)).ShouldBeEmpty();
    }
}

/// <summary>What only PostgreSQL has.</summary>
public sealed class PostgresSchemaTests
{
    private TestServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await TestServer.StartAsync(Database.Postgres);

    [OneTimeTearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [Test]
    public async Task The_state_of_a_session_is_jsonb()
    {
        var type = await ScalarAsync(
            "SELECT data_type FROM information_schema.columns WHERE table_name = 'sessions' AND column_name = 'state'"
        );

        type.ShouldBe("jsonb");
    }

    [Test]
    public async Task The_state_of_a_session_has_a_GIN_index()
    {
        var definition = await ScalarAsync(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'sessions' AND indexdef LIKE '%(state%'"
        );

        definition.ShouldContain("USING gin (state jsonb_path_ops)");
    }

    [Test]
    public async Task Times_are_stored_with_their_zone()
    {
        var withoutZone = await ScalarAsync(
            "SELECT count(*)::text FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'timestamp without time zone'"
        );

        withoutZone.ShouldBe("0");
    }

    private async Task<string> ScalarAsync(string query) =>
        (await _server.InDatabaseAsync(db => db.Database.SqlQueryRaw<string>(query).ToListAsync())).Single();
}

/// <summary>What only SQLite has.</summary>
public sealed class SqliteSchemaTests
{
    private TestServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await TestServer.StartAsync(Database.Sqlite);

    [OneTimeTearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [Test]
    public async Task Readers_do_not_wait_for_the_writer() => (await PragmaAsync("journal_mode")).ShouldBe("wal");

    [Test]
    public async Task A_commit_is_on_the_disk_when_it_returns()
    {
        const string full = "2";

        (await PragmaAsync("synchronous")).ShouldBe(full);
    }

    [Test]
    public async Task Foreign_keys_are_enforced() => (await PragmaAsync("foreign_keys")).ShouldBe("1");

    private Task<string> PragmaAsync(string name) =>
        _server.InDatabaseAsync(async db =>
        {
            await db.Database.OpenConnectionAsync();
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"PRAGMA {name}";
            return $"{await command.ExecuteScalarAsync()}";
        });
}
