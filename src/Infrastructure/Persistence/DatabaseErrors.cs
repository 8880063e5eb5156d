using System.Data.Common;
using System.Net.Sockets;
using BmadServer.Domain.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BmadServer.Infrastructure.Persistence;

/// <summary>Tells the databases' own errors apart, so that nothing above knows either of them.</summary>
internal static class DatabaseErrors
{
    // https://www.sqlite.org/rescode.html
    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;
    private const int SqliteReadOnly = 8;
    private const int SqliteIoError = 10;
    private const int SqliteFull = 13;
    private const int SqliteCannotOpen = 14;
    private const int SqliteConstraintPrimaryKey = 1555;
    private const int SqliteConstraintUnique = 2067;

    public static DomainException Unavailable(Exception cause) =>
        new("service.unavailable", "The server cannot reach its database just now; try again.", ErrorKind.Unavailable, cause);

    public static bool IsDuplicateKey(Exception failure) =>
        (failure is DbUpdateException ? failure.InnerException : failure)
            is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation }
                or SqliteException { SqliteExtendedErrorCode: SqliteConstraintPrimaryKey or SqliteConstraintUnique };

    /// <summary>Whether another transaction was let through instead. Of SQLite's there is one at a time.</summary>
    public static bool IsLostRace(Exception failure) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>Whether this came from the database or the way to it, for whatever reason.</summary>
    public static bool IsDatabaseError(Exception failure) =>
        failure switch
        {
            DbException or SocketException => true,
            DbUpdateException or InvalidOperationException => failure.InnerException is { } inner && IsDatabaseError(inner),
            _ => false,
        };

    /// <summary>Whether the database was out of reach, out of room or shutting down, and so may work later.</summary>
    public static bool IsUnavailable(Exception failure) =>
        failure switch
        {
            DbUpdateException { InnerException: { } inner } => IsUnavailable(inner),
            // EF Core wraps what it takes for transient, to suggest a retrying strategy.
            InvalidOperationException { InnerException: NpgsqlException inner } => IsUnavailable(inner),
            PostgresException postgres => postgres.IsTransient || IsAway(postgres.SqlState),
            NpgsqlException => true,
            SocketException => true,
            SqliteException sqlite => sqlite.SqliteErrorCode
                is SqliteBusy
                    or SqliteLocked
                    or SqliteReadOnly
                    or SqliteIoError
                    or SqliteFull
                    or SqliteCannotOpen,
            _ => false,
        };

    private static bool IsAway(string sqlState) =>
        sqlState
            is PostgresErrorCodes.AdminShutdown
                or PostgresErrorCodes.CrashShutdown
                or PostgresErrorCodes.CannotConnectNow
                or PostgresErrorCodes.InvalidCatalogName
                or PostgresErrorCodes.DiskFull
                or PostgresErrorCodes.TooManyConnections;
}
