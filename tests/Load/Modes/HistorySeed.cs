using BmadServer.Load.Reporting;
using BmadServer.Load.Subjects;
using Npgsql;

namespace BmadServer.Load.Modes;

/// <summary>Writes messages straight into the database, as the server would have left them.</summary>
internal static class HistorySeed
{
    private const string Sql = """
        WITH numbered AS (
          SELECT gen_random_uuid() AS id, sequence, now() AS at
          FROM generate_series(@first, @last) AS sequence
        ), posted AS (
          INSERT INTO workflow_events (workflow_id, sequence, at, actor_id, actor_kind, actor_name, kind, message_id, content)
          SELECT @workflow, sequence, at, @author, 'User', @name, 'messagePosted', id, @text FROM numbered
        )
        INSERT INTO messages (id, workflow_id, sequence, author_id, author_kind, author_name, content, received_at, posted_at,
          changed_sequence, change_received_at)
        SELECT id, @workflow, sequence, @author, 'User', @name, @text, at, at, sequence, at FROM numbered
        """;

    /// <param name="events">How many the workflow has then.</param>
    public static async Task WriteAsync(ServerSubject server, Person author, Guid workflow, int events, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(
            server.Postgres ?? throw new NotSupportedException("A history is written into PostgreSQL only.")
        );
        const int piece = 50_000;
        // The first event is the owner's coming.
        for (var first = 2; first <= events; first += piece)
        {
            await using var command = source.CreateCommand(Sql);
            command.CommandTimeout = 0;
            command.Parameters.AddWithValue("first", (long)first);
            command.Parameters.AddWithValue("last", Math.Min((long)events, first + piece - 1));
            command.Parameters.AddWithValue("workflow", workflow);
            command.Parameters.AddWithValue("author", author.Id);
            command.Parameters.AddWithValue("name", author.Name);
            command.Parameters.AddWithValue("text", "load 000000000000 abcdefghijklmnopqr");
            await command.ExecuteNonQueryAsync(cancellationToken);
            Progress.Say($"{server.Name}: writing a history, {Math.Min(events, first + piece - 2)} of {events} events");
        }

        await using var finish = source.CreateCommand("UPDATE workflows SET last_sequence = @last WHERE id = @workflow");
        finish.Parameters.AddWithValue("last", (long)events);
        finish.Parameters.AddWithValue("workflow", workflow);
        await finish.ExecuteNonQueryAsync(cancellationToken);
        await using var tidy = source.CreateCommand("VACUUM ANALYZE messages, workflow_events");
        tidy.CommandTimeout = 0;
        await tidy.ExecuteNonQueryAsync(cancellationToken);
    }
}
