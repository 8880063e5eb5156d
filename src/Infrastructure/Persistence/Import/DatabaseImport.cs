using BmadServer.Application.Audit;
using BmadServer.Application.Sessions;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BmadServer.Infrastructure.Persistence.Import;

/// <summary>
/// Moves an embedded database into PostgreSQL: every table, in one transaction, and compared row by row before the commit. Rows pass
/// through one by one, however many they are.
/// </summary>
public sealed class DatabaseImport(AppDbContext db, AuditTrail audit, TimeProvider time, ILogger<DatabaseImport> logger)
{
    /// <summary>For a statement over a table of any size.</summary>
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromHours(6);

    /// <summary>A server that runs has written that it is alive before this is over.</summary>
    private static readonly TimeSpan ListeningTime = NodeIdentity.BeatInterval + TimeSpan.FromSeconds(2);

    /// <param name="path">The embedded database's file. It is only read.</param>
    /// <exception cref="DomainException">
    /// <c>import.target</c>, <c>import.source</c>, <c>import.schema</c>, <c>import.not_empty</c>, <c>import.in_use</c>,
    /// <c>import.different</c>, <c>import.failed</c>: then the target is as it was.
    /// </exception>
    public async Task<ImportReport> RunAsync(string path, CancellationToken cancellationToken)
    {
        if (!db.Database.IsNpgsql())
        {
            throw Refusal("import.target", "ConnectionStrings__bmadserver must name the PostgreSQL database to copy into.");
        }

        if (!File.Exists(path))
        {
            throw Refusal("import.source", $"There is no file {Path.GetFullPath(path)}.");
        }

        try
        {
            // Not pooled: the file is to be let go of.
            var source = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false };
            await using var connection = new SqliteConnection(source.ToString());
            await connection.OpenAsync(cancellationToken);
            await RequireSameSchemaAsync(connection, cancellationToken);
            await RequireAtRestAsync(connection, cancellationToken);
            return await ImportAsync(connection, cancellationToken);
        }
        catch (Exception failure) when (failure is not DomainException && IsOfDatabases(failure))
        {
            throw new DomainException("import.failed", $"Nothing was imported: {failure.GetBaseException().Message}", ErrorKind.Unavailable, failure);
        }
    }

    /// <summary>Values that cannot be converted are the source's fault too: it lets any column hold anything.</summary>
    private static bool IsOfDatabases(Exception failure) =>
        DatabaseErrors.IsDatabaseError(failure) || failure is FormatException or InvalidCastException or OverflowException or ArgumentException;

    private async Task RequireSameSchemaAsync(SqliteConnection source, CancellationToken cancellationToken)
    {
        // Past the usual set-up, which would write.
        var options = new DbContextOptionsBuilder<SqliteAppDbContext>().UseSqlite(source).UseSnakeCaseNamingConvention().Options;
        await using var embedded = new SqliteAppDbContext(options);
        await RequireSameSchemaAsync(embedded.Database, "The source", cancellationToken);
        await RequireSameSchemaAsync(db.Database, "The target", cancellationToken);
    }

    /// <summary>The two databases have migrations of their own, so each is compared with what this version knows of it.</summary>
    private static async Task RequireSameSchemaAsync(DatabaseFacade database, string name, CancellationToken cancellationToken)
    {
        var known = database.GetMigrations().ToHashSet();
        var applied = (await database.GetAppliedMigrationsAsync(cancellationToken)).ToHashSet();
        if (applied.Count == 0)
        {
            throw Refusal("import.schema", $"{name} has no schema of bmadServer's; run migrate on it first.");
        }

        if (known.Except(applied).Any())
        {
            throw Refusal("import.schema", $"{name} has an older schema than this version; run migrate on it first.");
        }

        if (applied.Except(known).Any())
        {
            throw Refusal("import.schema", $"{name} has a newer schema than this version; use the version that it was last used with.");
        }
    }

    /// <summary>What a server wrote after its rows were read would be lost without a word.</summary>
    private async Task RequireAtRestAsync(SqliteConnection source, CancellationToken cancellationToken)
    {
        var known = await LastSignOfLifeAsync();
        if (known is null || time.GetUtcNow() - known > NodeIdentity.MaximumSilence)
        {
            return;
        }

        logger.LogInformation("A server used the source a moment ago; waiting to see whether it still does");
        await Task.Delay(ListeningTime, time, cancellationToken);
        if (await LastSignOfLifeAsync() != known)
        {
            throw Refusal("import.in_use", "A server is running on the source. Stop it first, so that nothing is written there any more.");
        }

        async Task<DateTimeOffset?> LastSignOfLifeAsync()
        {
            await using var command = source.CreateCommand();
            command.CommandText = "SELECT max(last_seen_at) FROM nodes";
            return await command.ExecuteScalarAsync(cancellationToken) is long microseconds ? ImportColumn.TimeOf(microseconds) : null;
        }
    }

    private async Task<ImportReport> ImportAsync(SqliteConnection source, CancellationToken cancellationToken)
    {
        var usualTimeout = db.Database.GetCommandTimeout();
        db.Database.SetCommandTimeout(CommandTimeout);
        try
        {
            var tables = ImportTable.All(db.GetService<IDesignTimeModel>().Model.GetRelationalModel());

            // One moment of the source, whatever becomes of it.
            await using var snapshot = source.BeginTransaction(deferred: true);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var target = (NpgsqlConnection)db.Database.GetDbConnection();
            await LockEmptyAsync(tables, target, cancellationToken);
            List<ImportedTable> copied = [];
            foreach (var table in tables)
            {
                var rows = await table.CopyAsync(source, target, CommandTimeout, cancellationToken);
                logger.LogInformation("Copied {Rows} rows of {Table}", rows, table.Name);
                copied.Add(new ImportedTable(table.Name, rows));
            }

            foreach (var table in tables)
            {
                await table.CompareAsync(source, target, CommandTimeout, cancellationToken);
                logger.LogInformation("Compared {Table}", table.Name);
            }

            audit.Record(AuditEvent.DatabaseImported, user: null, detail: $"{copied.Sum(table => table.Rows)} rows");
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(CancellationToken.None);
            await AnalyzeAsync(target);
            return new ImportReport(copied);
        }
        finally
        {
            db.Database.SetCommandTimeout(usualTimeout);
        }
    }

    /// <summary>Until the transaction ends nobody else writes to them.</summary>
    private static async Task LockEmptyAsync(IReadOnlyList<ImportTable> tables, NpgsqlConnection target, CancellationToken cancellationToken)
    {
        var names = string.Join(", ", tables.Select(table => table.QuotedName));
        await using (var held = new NpgsqlCommand($"LOCK TABLE {names} IN EXCLUSIVE MODE", target))
        {
            await held.ExecuteNonQueryAsync(cancellationToken);
        }

        foreach (var table in tables)
        {
            await using var command = new NpgsqlCommand($"SELECT EXISTS (SELECT FROM {table.QuotedName})", target);
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                throw Refusal("import.not_empty", $"The target is not empty: there are {table.Name}. Import into a new database, before a server runs on it.");
            }
        }
    }

    /// <summary>Else the first queries would be planned as if there were nothing. All is imported, whether or not this works.</summary>
    private async Task AnalyzeAsync(NpgsqlConnection target)
    {
        try
        {
            await db.Database.OpenConnectionAsync();
            await using var command = new NpgsqlCommand("ANALYZE", target) { CommandTimeout = (int)CommandTimeout.TotalSeconds };
            await command.ExecuteNonQueryAsync();
            await db.Database.CloseConnectionAsync();
        }
        catch (Exception failure) when (DatabaseErrors.IsDatabaseError(failure))
        {
            logger.LogWarning("PostgreSQL could not be told to look at the new rows (ANALYZE): {Reason}", failure.GetBaseException().Message);
        }
    }

    internal static DomainException Refusal(string code, string message) => new(code, message, ErrorKind.Conflict);
}

/// <param name="Tables">In the order in which they were copied.</param>
public sealed record ImportReport(IReadOnlyList<ImportedTable> Tables);

public sealed record ImportedTable(string Name, long Rows);
