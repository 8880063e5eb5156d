using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Npgsql;
using NpgsqlTypes;

namespace BmadServer.Load.Floors;

/// <summary>One writer that puts all messages that wait into one INSERT of many rows, and so into one commit.</summary>
internal sealed class GroupCommit(FloorTable table) : BackgroundService
{
    private const int LargestGroup = 1000;

    private readonly Channel<Pending> _waiting = Channel.CreateUnbounded<Pending>(new UnboundedChannelOptions { SingleReader = true });

    public Task<long> InsertAsync(string text)
    {
        var pending = new Pending(text);
        _waiting.Writer.TryWrite(pending);
        return pending.Task;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var connection = await table.OpenConnectionAsync(stoppingToken);
        var texts = new NpgsqlParameter<string[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
        await using var insert = new NpgsqlCommand("INSERT INTO floor_messages (content) SELECT unnest($1) RETURNING id", connection)
        {
            Parameters = { texts },
        };
        await insert.PrepareAsync(stoppingToken);
        var group = new List<Pending>(LargestGroup);
        while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            group.Clear();
            while (group.Count < LargestGroup && _waiting.Reader.TryRead(out var pending))
            {
                group.Add(pending);
            }

            texts.TypedValue = [.. group.Select(pending => pending.Text)];
            await using var reader = await insert.ExecuteReaderAsync(stoppingToken);
            var numbers = new long[group.Count];
            for (var i = 0; i < numbers.Length; i++)
            {
                await reader.ReadAsync(stoppingToken);
                numbers[i] = reader.GetInt64(0);
            }

            // Only with the end of the statement is it committed.
            await reader.CloseAsync();
            for (var i = 0; i < numbers.Length; i++)
            {
                group[i].SetResult(numbers[i]);
            }
        }
    }

    private sealed class Pending(string text) : TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public string Text { get; } = text;
    }
}
