using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using SQLitePCL;

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
        options.UseNpgsql(Tuned(connectionString)).UseSnakeCaseNamingConvention().AddInterceptors(FailedCommands.Instance);

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
            // It is about the pragmas around a table that is built anew, which change nothing in the file; the rest is one transaction.
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.NonTransactionalMigrationOperationWarning))
            .AddInterceptors(SqliteDurability.Instance);

    /// <summary>
    /// The server has a few dozen statements, and runs them again and again: each connection has them planned once. Nothing is
    /// left behind on a connection that would have to be reset. Whoever names these settings keeps their own.
    /// </summary>
    private static string Tuned(string connectionString)
    {
        var named = new DbConnectionStringBuilder { ConnectionString = connectionString };
        var tuned = new NpgsqlConnectionStringBuilder(connectionString);
        if (!named.ContainsKey("Max Auto Prepare") && !named.ContainsKey("MaxAutoPrepare"))
        {
            tuned.MaxAutoPrepare = 100;
        }

        if (!named.ContainsKey("Auto Prepare Min Usages") && !named.ContainsKey("AutoPrepareMinUsages"))
        {
            tuned.AutoPrepareMinUsages = 2;
        }

        if (!named.ContainsKey("No Reset On Close") && !named.ContainsKey("NoResetOnClose"))
        {
            tuned.NoResetOnClose = true;
        }

        return tuned.ToString();
    }

    /// <summary>
    /// Readers never wait for the writer (WAL), and a commit has reached the disk when it returns (synchronous FULL),
    /// so that an acknowledged message outlives a power cut too.
    /// </summary>
    private sealed class SqliteDurability : DbConnectionInterceptor
    {
        public static readonly SqliteDurability Instance = new();

        /// <summary>
        /// The log of changes is worked into the file every 40 MB instead of every 4: a send changes pages that the next send changes
        /// again.
        /// </summary>
        private const string Pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 10000;";

        /// <summary>Those that have it: the provider keeps connections open, and gives them out again and again.</summary>
        private readonly ConditionalWeakTable<sqlite3, object> _durable = [];

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            var handle = ((SqliteConnection)connection).Handle!;
            if (_durable.TryGetValue(handle, out _))
            {
                return;
            }

            using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            command.ExecuteNonQuery();
            _durable.AddOrUpdate(handle, this);
        }

        /// <summary>SQLite knows no asynchronous calls.</summary>
        public override Task ConnectionOpenedAsync(
            DbConnection connection,
            ConnectionEndEventData eventData,
            CancellationToken cancellationToken = default
        )
        {
            ConnectionOpened(connection, eventData);
            return Task.CompletedTask;
        }
    }
}
