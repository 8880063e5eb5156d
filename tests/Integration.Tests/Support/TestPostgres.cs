using Npgsql;

namespace BmadServer.Integration.Tests.Support;

/// <summary>PostgreSQL as it is on a bad day.</summary>
internal static class TestPostgres
{
    /// <summary>Port 1 is reserved, and refuses at once.</summary>
    public const string OutOfReach = "Host=127.0.0.1;Port=1;Username=nobody;Password=secret;Database=bmadserver";

    /// <summary>A database that exists, for a user who does not.</summary>
    public static async Task<string> WithUnknownUserAsync() =>
        new NpgsqlConnectionStringBuilder(await SharedPostgres.CreateDatabaseAsync())
        {
            Username = "nobody",
            Password = "wrong",
        }.ConnectionString;

    /// <summary>Takes the database away from all who use it.</summary>
    public static async Task DropAsync(string connectionString)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        var administrator = new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres", Pooling = false };
        await using var connection = new NpgsqlConnection(administrator.ConnectionString);
        await connection.OpenAsync();
        await using var drop = new NpgsqlCommand($"DROP DATABASE IF EXISTS \"{target.Database}\" WITH (FORCE)", connection) { CommandTimeout = 180 };
        await drop.ExecuteNonQueryAsync();
    }
}
