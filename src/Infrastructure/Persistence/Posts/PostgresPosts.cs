using BmadServer.Application.Common;
using BmadServer.Domain.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;

namespace BmadServer.Infrastructure.Persistence.Posts;

/// <summary>
/// Stores posts in one statement, however many they are, which needs no transaction around it. EF Core would take three statements a
/// post, each of them sent, planned and checked by itself.
/// </summary>
internal static class PostgresPosts
{
    /// <summary>Its parameters have places instead of names, so that the text is sent as it stands, and not parsed for each batch.</summary>
    private const string Insert = """
        WITH posted AS (
            SELECT *
            FROM unnest(
                $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
            ) AS row (id, workflow_id, sequence, author_id, author_kind, author_name, content, reply_to, client_message_id, received_at, posted_at)
        ),
        unchanged AS (
            SELECT workflows.id, known.last_sequence
            FROM unnest($12, $13, $14) AS known (id, stored_sequence, last_sequence)
            JOIN workflows ON workflows.id = known.id AND workflows.last_sequence = known.stored_sequence
            ORDER BY workflows.id
            FOR UPDATE OF workflows
        ),
        may AS (
            SELECT count(*) = cardinality($12) AS post FROM unchanged
        ),
        advanced AS (
            UPDATE workflows SET last_sequence = unchanged.last_sequence
            FROM unchanged, may
            WHERE workflows.id = unchanged.id AND may.post
        ),
        recorded AS (
            INSERT INTO workflow_events
                (workflow_id, sequence, at, actor_id, actor_kind, actor_name, kind, message_id, content, reply_to, client_message_id)
            SELECT workflow_id, sequence, posted_at, author_id, author_kind, author_name, 'messagePosted', id, content, reply_to, client_message_id
            FROM posted, may
            WHERE may.post
        )
        INSERT INTO messages
            (id, workflow_id, sequence, author_id, author_kind, author_name, content, reply_to, client_message_id,
             received_at, posted_at, changed_sequence, change_received_at)
        SELECT id, workflow_id, sequence, author_id, author_kind, author_name, content, reply_to, client_message_id,
            received_at, posted_at, sequence, received_at
        FROM posted, may
        WHERE may.post
        """;

    public static async Task InsertAsync(
        DbContext db,
        IReadOnlyList<Message> posts,
        IReadOnlyList<KnownWorkflow> workflows,
        CancellationToken cancellationToken
    )
    {
        // Whoever stores a key first makes all others wait who store the same, so all store them in one order.
        posts = [.. posts.OrderBy(post => post.AuthorId).ThenBy(post => post.ClientMessageId, StringComparer.Ordinal)];
        await using var command = new NpgsqlCommand(Insert);
        Add(posts, post => post.Id.Value, NpgsqlDbType.Uuid);
        Add(posts, post => post.WorkflowId.Value, NpgsqlDbType.Uuid);
        Add(posts, post => post.Sequence, NpgsqlDbType.Bigint);
        Add(posts, post => post.AuthorId, NpgsqlDbType.Uuid);
        Add(posts, post => post.AuthorKind.ToString(), NpgsqlDbType.Text);
        Add(posts, post => post.AuthorName, NpgsqlDbType.Text);
        Add(posts, post => post.Content, NpgsqlDbType.Text);
        Add(posts, post => post.ReplyTo?.Value, NpgsqlDbType.Uuid);
        Add(posts, post => post.ClientMessageId, NpgsqlDbType.Text);
        Add(posts, post => post.ReceivedAt, NpgsqlDbType.TimestampTz);
        Add(posts, post => post.PostedAt, NpgsqlDbType.TimestampTz);
        Add(workflows, known => known.Workflow.Id.Value, NpgsqlDbType.Uuid);
        Add(workflows, known => known.StoredSequence, NpgsqlDbType.Bigint);
        Add(workflows, known => known.Workflow.LastSequence, NpgsqlDbType.Bigint);
        if (await ExecuteAsync(db.Database, command, cancellationToken) == 0)
        {
            throw new ConcurrentChangeException();
        }

        void Add<TRow, TValue>(IReadOnlyList<TRow> rows, Func<TRow, TValue> valueOf, NpgsqlDbType type)
        {
            var values = new TValue[rows.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = valueOf(rows[i]);
            }

            command.Parameters.Add(new NpgsqlParameter<TValue[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = values });
        }
    }

    private static async Task<int> ExecuteAsync(DatabaseFacade database, NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await database.OpenConnectionAsync(cancellationToken);
        try
        {
            command.Connection = (NpgsqlConnection)database.GetDbConnection();
            command.Transaction = (NpgsqlTransaction?)database.CurrentTransaction?.GetDbTransaction();
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
        finally
        {
            await database.CloseConnectionAsync();
        }
    }
}
