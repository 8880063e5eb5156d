using Npgsql;
using NpgsqlTypes;

namespace BmadServer.Load.Floors;

/// <summary>The one table of a floor, with a number and a text.</summary>
internal sealed class FloorTable : IAsyncDisposable
{
    /// <summary>More than this many transactions at once gained nothing on two processors.</summary>
    private const int Connections = 50;

    private readonly NpgsqlDataSource _source;

    private FloorTable(NpgsqlDataSource source) => _source = source;

    public static async Task<FloorTable> CreateAsync(string connectionString, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxPoolSize = Connections,
            NoResetOnClose = true,
            MaxAutoPrepare = 4,
            AutoPrepareMinUsages = 1,
        };
        var source = NpgsqlDataSource.Create(settings);
        await using var command = source.CreateCommand(
            "CREATE TABLE IF NOT EXISTS floor_messages (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, content text NOT NULL)"
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new FloorTable(source);
    }

    public ValueTask<NpgsqlConnection> OpenConnectionAsync(CancellationToken cancellationToken) =>
        _source.OpenConnectionAsync(cancellationToken);

    /// <summary>One statement, and so one transaction.</summary>
    public async Task<long> InsertAsync(string text)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("INSERT INTO floor_messages (content) VALUES ($1) RETURNING id", connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = text, NpgsqlDbType = NpgsqlDbType.Text },
            },
        };
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return reader.GetInt64(0);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
