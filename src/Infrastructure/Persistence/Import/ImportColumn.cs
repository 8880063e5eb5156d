using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace BmadServer.Infrastructure.Persistence.Import;

/// <summary>A column of one name in both databases: its values as the embedded one holds them become PostgreSQL's.</summary>
/// <param name="storeType">PostgreSQL's.</param>
internal sealed class ImportColumn(string name, string storeType)
{
    private readonly NpgsqlDbType _type = storeType switch
    {
        "uuid" => NpgsqlDbType.Uuid,
        "timestamp with time zone" => NpgsqlDbType.TimestampTz,
        "bigint" => NpgsqlDbType.Bigint,
        "integer" => NpgsqlDbType.Integer,
        "boolean" => NpgsqlDbType.Boolean,
        "jsonb" => NpgsqlDbType.Jsonb,
        "text" => NpgsqlDbType.Text,
        _ when storeType.StartsWith("character varying", StringComparison.Ordinal) => NpgsqlDbType.Text,
        _ => throw new NotSupportedException($"No way is known to import a column of the type {storeType}."),
    };

    public string Name => name;

    public bool IsText => _type == NpgsqlDbType.Text;

    /// <param name="microseconds">Since 1970.</param>
    public static DateTimeOffset TimeOf(long microseconds) =>
        new(DateTimeOffset.UnixEpoch.Ticks + microseconds * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);

    public object? Read(SqliteDataReader row, int ordinal) =>
        row.IsDBNull(ordinal)
            ? null
            : _type switch
            {
                NpgsqlDbType.Uuid => Guid.Parse(row.GetString(ordinal), CultureInfo.InvariantCulture),
                NpgsqlDbType.TimestampTz => TimeOf(row.GetInt64(ordinal)).UtcDateTime,
                NpgsqlDbType.Bigint => row.GetInt64(ordinal),
                NpgsqlDbType.Integer => checked((int)row.GetInt64(ordinal)),
                NpgsqlDbType.Boolean => row.GetInt64(ordinal) != 0,
                _ => row.GetString(ordinal),
            };

    public Task WriteAsync(NpgsqlBinaryImporter writer, object? value, CancellationToken cancellationToken) =>
        value switch
        {
            null => writer.WriteNullAsync(cancellationToken),
            Guid id => writer.WriteAsync(id, _type, cancellationToken),
            DateTime at => writer.WriteAsync(at, _type, cancellationToken),
            long number => writer.WriteAsync(number, _type, cancellationToken),
            int number => writer.WriteAsync(number, _type, cancellationToken),
            bool flag => writer.WriteAsync(flag, _type, cancellationToken),
            _ => writer.WriteAsync((string)value, _type, cancellationToken),
        };

    /// <summary>PostgreSQL keeps what JSON says, and not how it is written.</summary>
    public bool AreEqual(object? expected, object? actual)
    {
        if (_type != NpgsqlDbType.Jsonb || expected is not string left || actual is not string right)
        {
            return Equals(expected, actual);
        }

        using var one = JsonDocument.Parse(left);
        using var other = JsonDocument.Parse(right);
        return JsonElement.DeepEquals(one.RootElement, other.RootElement);
    }
}
