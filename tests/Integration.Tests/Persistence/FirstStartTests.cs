using BmadServer.Infrastructure.Persistence;
using BmadServer.Integration.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BmadServer.Integration.Tests.Persistence;

/// <summary>Servers that meet an empty database, or what another one left of it.</summary>
public sealed class FirstStartTests
{
    /// <summary>The advisory lock that whoever migrates holds.</summary>
    private const long MigrationLock = 0x626D_6164_5F6D_6967;

    private DirectoryInfo _directory = null!;

    [SetUp]
    public void CreateDirectory() => _directory = Directory.CreateTempSubdirectory("bmadserver-first-");

    [TearDown]
    public void DeleteDirectory() => _directory.Delete(recursive: true);

    [Test]
    public async Task Two_servers_that_start_together_on_an_empty_file_both_come_up() =>
        await ShouldBothComeUpAsync(Database.Sqlite, "Data:Directory", _directory.FullName);

    [Test]
    public async Task Two_servers_that_start_together_on_an_empty_PostgreSQL_database_both_come_up() =>
        await ShouldBothComeUpAsync(Database.Postgres, "ConnectionStrings:bmadserver", await SharedPostgres.CreateDatabaseAsync());

    [Test]
    public async Task Two_servers_that_start_together_make_the_PostgreSQL_database_when_there_is_none()
    {
        var database = await SharedPostgres.CreateDatabaseAsync();
        await TestPostgres.DropAsync(database);

        await ShouldBothComeUpAsync(Database.Postgres, "ConnectionStrings:bmadserver", database);
    }

    /// <summary>A first start that warns makes people look for what they did wrong.</summary>
    [Test]
    public async Task A_new_file_is_brought_up_to_date_without_a_warning()
    {
        var ended = await ServerProcess.RunAsync(new Dictionary<string, string> { ["Data__Directory"] = _directory.FullName }, "migrate");

        ended.ExitCode.ShouldBe(0, ended.Error);
        ended.Error.ShouldContain("Bringing the database up to date");
        ended.Error.ShouldNotContain("warn:");
    }

    [Test]
    public async Task Servers_that_share_a_data_directory_share_the_signing_key()
    {
        var settings = new Dictionary<string, string> { ["Data:Directory"] = _directory.FullName };
        var servers = await Task.WhenAll(StartAsync(Database.Sqlite, settings), StartAsync(Database.Sqlite, settings));
        await using var first = servers[0];
        await using var second = servers[1];
        await using var user = await TestUser.SignUpAsync(first.Url, "Sarah");

        await user.Http.GetAsync(new Uri(second.Url, "/api/v1/users/me")).ShouldBeAsync(System.Net.HttpStatusCode.OK);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task What_a_server_left_that_was_killed_while_it_migrated_does_not_hold_up_the_next(CancellationToken cancellationToken)
    {
        await LeaveUnfinishedMigrationAsync(Path.Combine(_directory.FullName, "bmadserver.db"));

        var start = StartAsync(Database.Sqlite, new() { ["Data:Directory"] = _directory.FullName });

        await using var server = await start.WaitAsync(cancellationToken);
        await server.ShouldBeReadyAsync();
    }

    [Test]
    public async Task A_server_waits_longer_than_the_usual_command_timeout_while_another_one_migrates()
    {
        var database = await SharedPostgres.CreateDatabaseAsync();
        await using var other = new NpgsqlConnection(database);
        await other.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT pg_advisory_lock({MigrationLock})", other);
        await command.ExecuteNonQueryAsync();

        var start = StartAsync(Database.Postgres, new() { ["ConnectionStrings:bmadserver"] = $"{database};Command Timeout=1" });
        command.CommandText =
            "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON oid = database WHERE datname = current_database() "
            + "AND locktype = 'advisory' AND NOT granted)";
        await Eventually.ShouldBeTrueAsync(async () => (bool)(await command.ExecuteScalarAsync())!, "the server waits for the lock");
        command.CommandText = $"SELECT pg_sleep(2), pg_advisory_unlock({MigrationLock})";
        await command.ExecuteNonQueryAsync();

        await using var server = await start;
        await server.ShouldBeReadyAsync();
        (await server.InDatabaseAsync(db => Task.FromResult(db.Database.GetCommandTimeout()))).ShouldBeNull("the pooled context is as before");
    }

    private static async Task ShouldBothComeUpAsync(Database database, string key, string value)
    {
        var settings = new Dictionary<string, string> { [key] = value };
        var servers = await Task.WhenAll(StartAsync(database, settings), StartAsync(database, settings));
        await using var first = servers[0];
        await using var second = servers[1];

        await first.ShouldBeReadyAsync();
        await second.ShouldBeReadyAsync();
    }

    /// <summary>On a thread of its own, since a start is not asynchronous all the way.</summary>
    private static Task<TestServer> StartAsync(Database database, Dictionary<string, string> settings) =>
        Task.Run(() => TestServer.StartAsync(database, settings));

    /// <summary>As EF Core takes its lock, which is a row of this table, and copies a table that it rebuilds.</summary>
    /// <summary>What there is when a later migration was copying a table: EF Core's lock, and the copy.</summary>
    private static async Task LeaveUnfinishedMigrationAsync(string file)
    {
        var options = new DbContextOptionsBuilder<SqliteAppDbContext>().UseEmbedded($"Data Source={file};Pooling=False").Options;
        await using var db = new SqliteAppDbContext(options);
        await db.Database.MigrateAsync("Initial");
        await db.Database.ExecuteSqlAsync(
            $"""
            CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL PRIMARY KEY, "Timestamp" TEXT NOT NULL);
            INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-03-02 09:30:00+00:00');
            CREATE TABLE "ef_temp_messages" ("id" TEXT NOT NULL PRIMARY KEY);
            """
        );
    }
}
