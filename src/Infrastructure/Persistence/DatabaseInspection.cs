using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BmadServer.Infrastructure.Persistence;

/// <summary>Looks at the database for the operator, and changes nothing.</summary>
public sealed class DatabaseInspection(AppDbContext db, TimeProvider time)
{
    /// <summary>Which database it is, for example <c>PostgreSQL 17.2, bmadserver at db.example.com:5432</c>.</summary>
    /// <exception cref="DatabaseInspectionException">It does not answer, or there is none.</exception>
    public Task<string> DescribeAsync(CancellationToken cancellationToken) =>
        AskAsync(async () =>
        {
            if (db.Database.IsSqlite())
            {
                // Opening it would make it.
                var file = new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource;
                return File.Exists(file)
                    ? $"SQLite {await TextAsync("SELECT sqlite_version()", cancellationToken)}, {file}"
                    : throw new DatabaseInspectionException($"There is no {file} yet: run migrate, or start the server.");
            }

            var address = new NpgsqlConnectionStringBuilder(db.Database.GetConnectionString());
            return $"PostgreSQL {await TextAsync("SHOW server_version", cancellationToken)}, {address.Database} at {address.Host}:{address.Port}";
        });

    /// <summary>The newest migration that was applied.</summary>
    /// <exception cref="DatabaseInspectionException">The schema is not that of this version.</exception>
    public Task<string> SchemaAsync(CancellationToken cancellationToken) =>
        AskAsync(async () =>
        {
            var known = db.Database.GetMigrations().ToArray();
            var applied = (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).ToArray();
            var lacking = known.Except(applied).ToArray();
            var unknown = applied.Except(known).ToArray();
            return lacking.Length > 0 ? throw new DatabaseInspectionException($"It lacks {string.Join(", ", lacking)}: run migrate.")
                : unknown.Length > 0 ? throw new DatabaseInspectionException($"It is newer than this version: it has {string.Join(", ", unknown)}.")
                : applied[^1];
        });

    /// <summary>By how much the database's clock is ahead of this machine's; null where both are the same clock.</summary>
    /// <exception cref="DatabaseInspectionException">It does not answer.</exception>
    public Task<TimeSpan?> ClockDifferenceAsync(CancellationToken cancellationToken) =>
        AskAsync<TimeSpan?>(async () =>
        {
            if (db.Database.IsSqlite())
            {
                return null;
            }

            await db.Database.OpenConnectionAsync(cancellationToken);
            try
            {
                var asked = time.GetUtcNow();
                var started = Stopwatch.GetTimestamp();
                await using var command = new NpgsqlCommand("SELECT clock_timestamp()", (NpgsqlConnection)db.Database.GetDbConnection());
                var answer = (DateTime)(await command.ExecuteScalarAsync(cancellationToken))!;

                // Read on the way: as far from the question as from the answer.
                return answer - (asked + (Stopwatch.GetElapsedTime(started) / 2)).UtcDateTime;
            }
            finally
            {
                await db.Database.CloseConnectionAsync();
            }
        });

    private async Task<string> TextAsync(string query, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = query;
            return $"{await command.ExecuteScalarAsync(cancellationToken)}";
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception failure) when (DatabaseErrors.IsDatabaseError(failure))
        {
            throw new DatabaseInspectionException(failure.GetBaseException().Message, failure);
        }
    }
}

/// <summary>What is wrong with the database, in one sentence for the operator.</summary>
public sealed class DatabaseInspectionException(string message, Exception? innerException = null) : Exception(message, innerException);
