using BmadServer.Domain.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace BmadServer.Infrastructure.Persistence.Import;

/// <summary>A table that both databases have, with the same columns.</summary>
internal sealed class ImportTable
{
    private readonly ImportColumn[] _columns;
    private readonly string _columnNames;
    private readonly string _sourceQuery;
    private readonly string _targetQuery;

    private ImportTable(ITable table)
    {
        Name = table.Name;
        _columns = [.. table.Columns.Select(column => new ImportColumn(column.Name, column.StoreType))];
        _columnNames = string.Join(", ", _columns.Select(column => Quoted(column.Name)));

        // In both the order of the bytes: ids are text in the source, and of equal length.
        var key = table.PrimaryKey!.Columns;
        var sourceOrder = string.Join(", ", key.Select(column => Quoted(column.Name)));
        var targetOrder = string.Join(
            ", ",
            key.Select(column => new ImportColumn(column.Name, column.StoreType).IsText ? $"{Quoted(column.Name)} COLLATE \"C\"" : Quoted(column.Name))
        );
        _sourceQuery = $"SELECT {_columnNames} FROM {QuotedName} ORDER BY {sourceOrder}";
        _targetQuery = $"SELECT {_columnNames} FROM {QuotedName} ORDER BY {targetOrder}";
    }

    public string Name { get; }

    public string QuotedName => Quoted(Name);

    /// <summary>Those of the model; what others refer to comes before them.</summary>
    public static IReadOnlyList<ImportTable> All(IRelationalModel model)
    {
        List<ITable> ordered = [];
        var left = model.Tables.OrderBy(table => table.Name, StringComparer.Ordinal).ToList();
        while (left.Count > 0)
        {
            var next = left.First(table => table.ForeignKeyConstraints.All(key => key.PrincipalTable == table || ordered.Contains(key.PrincipalTable)));
            ordered.Add(next);
            left.Remove(next);
        }

        return [.. ordered.Select(table => new ImportTable(table))];
    }

    /// <returns>How many rows there are.</returns>
    public async Task<long> CopyAsync(SqliteConnection source, NpgsqlConnection target, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await using var query = Query(source);
        await using var rows = await query.ExecuteReaderAsync(cancellationToken);
        await using var writer = await target.BeginBinaryImportAsync($"COPY {QuotedName} ({_columnNames}) FROM STDIN (FORMAT BINARY)", cancellationToken);
        writer.Timeout = timeout;
        var count = 0L;
        for (; await rows.ReadAsync(cancellationToken); count++)
        {
            await writer.StartRowAsync(cancellationToken);
            for (var i = 0; i < _columns.Length; i++)
            {
                await _columns[i].WriteAsync(writer, _columns[i].Read(rows, i), cancellationToken);
            }
        }

        await writer.CompleteAsync(cancellationToken);
        return count;
    }

    /// <summary>Reads both and holds each row of one against that of the other.</summary>
    public async Task CompareAsync(SqliteConnection source, NpgsqlConnection target, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await using var query = Query(source);
        await using var expected = await query.ExecuteReaderAsync(cancellationToken);
        await using var command = new NpgsqlCommand(_targetQuery, target) { CommandTimeout = (int)timeout.TotalSeconds };
        await using var actual = await command.ExecuteReaderAsync(cancellationToken);
        for (var number = 1L; ; number++)
        {
            var (isExpected, isThere) = (await expected.ReadAsync(cancellationToken), await actual.ReadAsync(cancellationToken));
            if (isExpected != isThere)
            {
                throw Difference($"{Name} has {(isThere ? "more" : "fewer")} rows than in the source");
            }

            if (!isExpected)
            {
                return;
            }

            for (var i = 0; i < _columns.Length; i++)
            {
                if (!_columns[i].AreEqual(_columns[i].Read(expected, i), await actual.IsDBNullAsync(i, cancellationToken) ? null : actual.GetValue(i)))
                {
                    throw Difference($"row {number} of {Name} has another {_columns[i].Name} than in the source");
                }
            }
        }
    }

    private SqliteCommand Query(SqliteConnection source)
    {
        var command = source.CreateCommand();
        command.CommandText = _sourceQuery;
        return command;
    }

    private static DomainException Difference(string what) => DatabaseImport.Refusal("import.different", $"Nothing was imported: {what}.");

    private static string Quoted(string name) => $"\"{name}\"";
}
