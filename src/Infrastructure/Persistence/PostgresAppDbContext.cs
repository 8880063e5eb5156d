using System.Data;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Persistence.Posts;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Infrastructure.Persistence;

/// <summary>Statements name their columns: a prepared <c>SELECT *</c> fails once when a newer version has added one.</summary>
public sealed class PostgresAppDbContext(DbContextOptions<PostgresAppDbContext> options) : AppDbContext(options)
{
    public override IQueryable<Workflow> LockWorkflow(WorkflowId id) =>
        Workflows.FromSql($"SELECT id, title, status, last_sequence, created_at, personal_of FROM workflows WHERE id = {id.Value} FOR UPDATE");

    /// <summary>Locked in the order of their ids, so that no two transactions wait for each other.</summary>
    public override IQueryable<Workflow> LockWorkflows(IReadOnlyCollection<WorkflowId> ids)
    {
        var values = ids.Select(id => id.Value).ToArray();
        return Workflows.FromSql($"SELECT id, title, status, last_sequence, created_at, personal_of FROM workflows WHERE id = ANY({values}) ORDER BY id FOR UPDATE");
    }

    public override IQueryable<Participant> ParticipantsIn(IReadOnlyCollection<WorkflowId> workflows, IReadOnlyCollection<UserId> users)
    {
        var (workflowIds, userIds) = (workflows.Select(id => id.Value).ToArray(), users.Select(id => id.Value).ToArray());
        return Participants.FromSql(
            $"""
            SELECT participants.workflow_id, participants.user_id, participants.name, participants.role, participants.joined_at, participants.last_read_sequence
            FROM unnest({workflowIds}, {userIds}) AS wanted (workflow_id, user_id)
            JOIN participants USING (workflow_id, user_id)
            """
        );
    }

    public override IQueryable<Message> MessagesSent(IReadOnlyCollection<UserId> authors, IReadOnlyCollection<string> keys)
    {
        var (authorIds, texts) = (authors.Select(id => id.Value).ToArray(), keys.ToArray());
        return Messages.FromSql(
            $"""
            SELECT messages.id, messages.workflow_id, messages.sequence, messages.author_id, messages.author_kind, messages.author_name, messages.content,
                messages.reply_to, messages.client_message_id, messages.received_at, messages.posted_at, messages.edited_at,
                messages.deleted_at, messages.changed_sequence, messages.change_received_at
            FROM unnest({authorIds}, {texts}) AS wanted (author_id, client_message_id)
            JOIN messages USING (author_id, client_message_id)
            """
        );
    }

    /// <summary>Beginning with the connected sessions: those that have ended are kept, and so grow without a bound.</summary>
    public override IQueryable<Participant> PresentElsewhere(
        IReadOnlyCollection<WorkflowId> workflows,
        NodeId than,
        DateTimeOffset aliveSince
    )
    {
        var ids = workflows.Select(id => id.Value).ToArray();
        return Participants.FromSql(
            $"""
            WITH present AS MATERIALIZED (
                SELECT DISTINCT sessions.user_id, joined.id::uuid AS workflow_id
                FROM nodes
                JOIN sessions ON sessions.node_id = nodes.id
                CROSS JOIN jsonb_array_elements_text(sessions.state -> 'joinedWorkflows') AS joined (id)
                WHERE nodes.id <> {than.Value} AND nodes.last_seen_at >= {aliveSince}
            )
            SELECT participants.workflow_id, participants.user_id, participants.name, participants.role, participants.joined_at, participants.last_read_sequence
            FROM unnest({ids}) AS wanted (workflow_id)
            JOIN present USING (workflow_id)
            JOIN participants USING (workflow_id, user_id)
            """
        );
    }

    public override Task HoldAgainAsync(
        IReadOnlyCollection<SessionId> ids,
        IReadOnlyCollection<string> connections,
        NodeId node,
        DateTimeOffset droppedBefore,
        CancellationToken cancellationToken
    )
    {
        var (sessionIds, connectionIds) = (ids.Select(id => id.Value).ToArray(), connections.ToArray());
        return Database.ExecuteSqlAsync(
            $"""
            UPDATE sessions
            SET node_id = {node.Value}, connection_id = held.connection_id, disconnected_at = NULL, version = version + 1
            FROM unnest({sessionIds}, {connectionIds}) AS held (id, connection_id)
            WHERE sessions.id = held.id AND sessions.node_id IS NULL AND sessions.ended_at IS NULL AND sessions.disconnected_at < {droppedBefore}
            """,
            cancellationToken
        );
    }

    internal override Task InsertPostsAsync(
        IReadOnlyList<Message> posts,
        IReadOnlyList<KnownWorkflow> workflows,
        CancellationToken cancellationToken
    ) => PostgresPosts.InsertAsync(this, posts, workflows, cancellationToken);

    public override async Task<IAsyncDisposable> BeginSnapshotAsync(CancellationToken cancellationToken) =>
        await Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        var session = modelBuilder.Entity<Session>();
        session.Property(entity => entity.State).HasColumnType("jsonb");

        // Nothing in the server runs it yet: for operators' questions and for later features, such as "which sessions have
        // this workflow open", which is a containment test on the state.
        session.HasIndex(entity => entity.State).HasMethod("gin").HasOperators("jsonb_path_ops");
    }
}
