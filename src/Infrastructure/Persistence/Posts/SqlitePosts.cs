using BmadServer.Application.Common;
using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Persistence.Configurations;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace BmadServer.Infrastructure.Persistence.Posts;

/// <summary>
/// Stores posts with statements that are prepared once for all of them. EF Core would make a command and its parameters for each row, which
/// takes longer than what SQLite does with it.
/// </summary>
internal static class SqlitePosts
{
    private const string Event = """
        INSERT INTO workflow_events
            (workflow_id, sequence, at, actor_id, actor_kind, actor_name, kind, message_id, content, reply_to, client_message_id)
        VALUES ($workflow, $sequence, $posted, $author, $kind, $name, 'messagePosted', $id, $content, $reply, $key)
        """;

    private const string Row = """
        INSERT INTO messages
            (id, workflow_id, sequence, author_id, author_kind, author_name, content, reply_to, client_message_id,
             received_at, posted_at, changed_sequence, change_received_at)
        VALUES ($id, $workflow, $sequence, $author, $kind, $name, $content, $reply, $key, $received, $posted, $sequence, $received)
        """;

    private const string Advance = "UPDATE workflows SET last_sequence = $sequence WHERE id = $workflow AND last_sequence = $stored";

    public static async Task InsertAsync(
        DbContext db,
        IReadOnlyList<Message> posts,
        IReadOnlyList<KnownWorkflow> workflows,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        await using var advance = Prepare(Advance, "$workflow", "$sequence", "$stored");
        foreach (var known in workflows)
        {
            advance.Parameters["$workflow"].Value = known.Workflow.Id.Value;
            advance.Parameters["$sequence"].Value = known.Workflow.LastSequence;
            advance.Parameters["$stored"].Value = known.StoredSequence;
            if (await advance.ExecuteNonQueryAsync(cancellationToken) == 0)
            {
                throw new ConcurrentChangeException();
            }
        }

        await using var insertEvent = Prepare(Event, "$workflow", "$sequence", "$posted", "$author", "$kind", "$name", "$id", "$content", "$reply", "$key");
        await using var insertRow = Prepare(
            Row,
            "$id", "$workflow", "$sequence", "$author", "$kind", "$name", "$content", "$reply", "$key", "$received", "$posted"
        );
        foreach (var post in posts)
        {
            foreach (var command in new[] { insertEvent, insertRow })
            {
                Set(command, post);
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }

        if (transaction is not null)
        {
            await transaction.CommitAsync(cancellationToken);
        }

        SqliteCommand Prepare(string text, params ReadOnlySpan<string> parameters)
        {
            var command = new SqliteCommand(
                text,
                (SqliteConnection)db.Database.GetDbConnection(),
                (SqliteTransaction?)db.Database.CurrentTransaction?.GetDbTransaction()
            );
            foreach (var name in parameters)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
            }

            return command;
        }
    }

    private static void Set(SqliteCommand command, Message post)
    {
        foreach (SqliteParameter parameter in command.Parameters)
        {
            parameter.Value =
                parameter.ParameterName switch
                {
                    "$id" => (object?)post.Id.Value,
                    "$workflow" => post.WorkflowId.Value,
                    "$sequence" => post.Sequence,
                    "$author" => post.AuthorId,
                    "$kind" => post.AuthorKind.ToString(),
                    "$name" => post.AuthorName,
                    "$content" => post.Content,
                    "$reply" => post.ReplyTo?.Value,
                    "$key" => post.ClientMessageId,
                    "$received" => UtcMicrosecondsConverter.Of(post.ReceivedAt),
                    "$posted" => UtcMicrosecondsConverter.Of(post.PostedAt),
                    var unknown => throw new InvalidOperationException($"No value for {unknown}."),
                } ?? DBNull.Value;
        }
    }
}
