using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BmadServer.Infrastructure.Persistence;

/// <summary>Creates the schema, or brings it up to date, once however many servers start together.</summary>
public sealed class DatabaseMigrator(AppDbContext db, ILogger<DatabaseMigrator> logger)
{
    /// <summary>An arbitrary number that no other use of advisory locks in this database may take.</summary>
    private const long AdvisoryLockKey = 0x626D_6164_5F6D_6967;

    /// <summary>For the wait for another server that migrates, and for a migration that rewrites a large table.</summary>
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromHours(1);

    /// <summary>The names of the migrations that the database lacks.</summary>
    public async Task<IReadOnlyList<string>> PendingAsync(CancellationToken cancellationToken) =>
        [.. await db.Database.GetPendingMigrationsAsync(cancellationToken)];

    /// <returns>The names of the migrations that it applied.</returns>
    /// <exception cref="StartupException">
    /// The database is out of reach, or does not let the server in, or the embedded one's files cannot be written.
    /// </exception>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken)
    {
        // The context is pooled: who gets it next expects the usual timeout.
        var usualTimeout = db.Database.GetCommandTimeout();
        db.Database.SetCommandTimeout(CommandTimeout);
        try
        {
            return db.Database.IsSqlite() ? await MigrateSqliteAsync(cancellationToken) : await MigratePostgresAsync(cancellationToken);
        }
        catch (Exception failure)
            when (DatabaseErrors.IsDatabaseError(failure) || failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The database cannot be brought up to date: {failure.GetBaseException().Message}", failure);
        }
        finally
        {
            db.Database.SetCommandTimeout(usualTimeout);
        }
    }

    private async Task<IReadOnlyList<string>> MigratePostgresAsync(CancellationToken cancellationToken)
    {
        await CreatePostgresDatabaseAsync(cancellationToken);
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({AdvisoryLockKey})", cancellationToken);
            return await ApplyAsync(cancellationToken);
        }
        finally
        {
            // The lock goes with the connection, whatever happened to it.
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({AdvisoryLockKey})", CancellationToken.None);
            await db.Database.CloseConnectionAsync();
        }
    }

    private async Task CreatePostgresDatabaseAsync(CancellationToken cancellationToken)
    {
        var creator = db.GetService<IRelationalDatabaseCreator>();
        if (await creator.ExistsAsync(cancellationToken))
        {
            return;
        }

        try
        {
            await creator.CreateAsync(cancellationToken);
        }
        catch (PostgresException lost)
            when (lost.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            logger.LogDebug("Another server created the database at the same time");
        }
    }

    private async Task<IReadOnlyList<string>> MigrateSqliteAsync(CancellationToken cancellationToken)
    {
        var file = new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource;
        await using var held = await LockFileAsync($"{file}.lock", cancellationToken);

        // EF Core's own lock is a row that a killed server leaves behind, and then waits for without end. Whoever holds
        // the file's lock is alone, so such a row is a left-over.
        await db.Database.ExecuteSqlAsync($"DROP TABLE IF EXISTS __EFMigrationsLock", cancellationToken);

        await DropUnfinishedCopiesAsync(cancellationToken);
        return await ApplyAsync(cancellationToken);
    }

    /// <summary>
    /// EF Core copies a table that SQLite cannot change, and gives the copy the table's name; whoever was killed before that has left the
    /// copy behind, and it would be in the way.
    /// </summary>
    private async Task DropUnfinishedCopiesAsync(CancellationToken cancellationToken)
    {
        const string prefix = "ef_temp_";
        var tables = await db.Database.SqlQuery<string>($"SELECT name AS Value FROM sqlite_master WHERE type = 'table'").ToListAsync(cancellationToken);
        foreach (var table in tables.Where(table => tables.Contains(prefix + table)))
        {
            // The name is one of this database's own, and no parameter can stand for it.
#pragma warning disable EF1002
            await db.Database.ExecuteSqlRawAsync($"DROP TABLE \"{prefix}{table}\"", cancellationToken);
#pragma warning restore EF1002
        }
    }

    private async Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken)
    {
        var pending = await PendingAsync(cancellationToken);
        if (pending.Count > 0)
        {
            logger.LogInformation("Bringing the database up to date: {Migrations}", string.Join(", ", pending));
            await db.Database.MigrateAsync(cancellationToken);
        }

        return pending;
    }

    private static async Task<FileStream> LockFileAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (FileLock.TryTake(path) is { } held)
            {
                return held;
            }

            await Task.Delay(FileLock.PollInterval, cancellationToken);
        }
    }
}
