using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace BmadServer.Infrastructure.Persistence;

internal static class DatabaseProviders
{
    public static DbContextOptionsBuilder<T> UsePostgres<T>(this DbContextOptionsBuilder<T> options, string connectionString)
        where T : DbContext
    {
        ((DbContextOptionsBuilder)options).UsePostgres(connectionString);
        return options;
    }

    public static DbContextOptionsBuilder UsePostgres(this DbContextOptionsBuilder options, string connectionString) =>
        options.UseNpgsql(connectionString).UseSnakeCaseNamingConvention();

    public static DbContextOptionsBuilder<T> UseEmbedded<T>(this DbContextOptionsBuilder<T> options, string connectionString)
        where T : DbContext
    {
        ((DbContextOptionsBuilder)options).UseEmbedded(connectionString);
        return options;
    }

    public static DbContextOptionsBuilder UseEmbedded(this DbContextOptionsBuilder options, string connectionString) =>
        options
            .UseSqlite(connectionString)
            .UseSnakeCaseNamingConvention()
            .AddInterceptors(SqliteDurability.Instance);

    /// <summary>
    /// Readers never wait for the writer (WAL), and a commit has reached the disk when it returns (synchronous FULL),
    /// so that an acknowledged message outlives a power cut too.
    /// </summary>
    private sealed class SqliteDurability : DbConnectionInterceptor
    {
        public static readonly SqliteDurability Instance = new();

        private const string Pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            command.ExecuteNonQuery();
        }

        public override async Task ConnectionOpenedAsync(
            DbConnection connection,
            ConnectionEndEventData eventData,
            CancellationToken cancellationToken = default
        )
        {
            await using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
