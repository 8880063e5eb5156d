using BmadServer.Testing;
using Npgsql;

namespace BmadServer.Recovery.Tests.Tools;

public sealed class KillablePostgresTests
{
    [Test]
    public async Task What_was_committed_is_there_after_a_kill_and_after_a_stop_at_the_same_address()
    {
        await using var postgres = await KillablePostgres.StartNewAsync();
        var database = await postgres.CreateDatabaseAsync();
        await ExecuteAsync(database, "CREATE TABLE kept (value int)");

        await ExecuteAsync(database, "INSERT INTO kept VALUES (1)");
        await postgres.KillAsync();
        await Should.ThrowAsync<NpgsqlException>(() => ExecuteAsync(database, "SELECT 1"));
        await postgres.StartAsync();

        await ExecuteAsync(database, "INSERT INTO kept VALUES (2)");
        await postgres.StopAsync();
        await Should.ThrowAsync<NpgsqlException>(() => ExecuteAsync(database, "SELECT 1"));
        await postgres.StartAsync();

        (await ExecuteAsync(database, "SELECT sum(value) FROM kept")).ShouldBe(3L);
        (await ExecuteAsync(database, "SHOW fsync")).ShouldBe("on");
    }

    [Test]
    public async Task A_kill_ends_the_transactions_that_are_open()
    {
        await using var postgres = await KillablePostgres.StartNewAsync();
        var database = await postgres.CreateDatabaseAsync();
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var sleep = new NpgsqlCommand("SELECT pg_sleep(60)", connection);
        var sleeping = sleep.ExecuteScalarAsync();

        await postgres.KillAsync();

        await Should.ThrowAsync<NpgsqlException>(() => sleeping.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Test]
    public async Task A_stop_says_farewell_to_the_connections_that_are_open()
    {
        await using var postgres = await KillablePostgres.StartNewAsync();
        await using var connection = new NpgsqlConnection(await postgres.CreateDatabaseAsync());
        await connection.OpenAsync();

        await postgres.StopAsync();

        await using var command = new NpgsqlCommand("SELECT 1", connection);
        var failure = await Should.ThrowAsync<PostgresException>(() => command.ExecuteScalarAsync());
        failure.SqlState.ShouldBe(PostgresErrorCodes.AdminShutdown);
    }

    private static async Task<object?> ExecuteAsync(string database, string statement)
    {
        var single = new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(single);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        return await command.ExecuteScalarAsync();
    }
}
