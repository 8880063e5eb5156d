using BmadServer.Integration.Tests.Support;
using Microsoft.Data.Sqlite;

namespace BmadServer.Integration.Tests.Persistence;

/// <summary>Servers that meet an empty database, or what another one left of it.</summary>
public sealed class FirstStartTests
{
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
    [CancelAfter(30_000)]
    public async Task What_a_server_left_that_was_killed_while_it_migrated_does_not_hold_up_the_next(CancellationToken cancellationToken)
    {
        await LeaveMigrationLockAsync(Path.Combine(_directory.FullName, "bmadserver.db"));

        var start = StartAsync(Database.Sqlite, new() { ["Data:Directory"] = _directory.FullName });

        await using var server = await start.WaitAsync(cancellationToken);
        await server.ShouldBeReadyAsync();
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

    /// <summary>As EF Core takes its lock, which is a row of this table.</summary>
    private static async Task LeaveMigrationLockAsync(string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL PRIMARY KEY, "Timestamp" TEXT NOT NULL);
            INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-03-02 09:30:00+00:00');
            """;
        await command.ExecuteNonQueryAsync();
    }
}
