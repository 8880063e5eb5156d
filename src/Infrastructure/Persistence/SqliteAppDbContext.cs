using System.Text.Json;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Persistence.Configurations;
using BmadServer.Infrastructure.Persistence.Posts;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Infrastructure.Persistence;

public sealed class SqliteAppDbContext(DbContextOptions<SqliteAppDbContext> options) : AppDbContext(options)
{
    /// <summary>A transaction that writes holds the one write lock of the whole file already.</summary>
    public override IQueryable<Workflow> LockWorkflow(WorkflowId id) => Workflows.Where(workflow => workflow.Id == id);

    public override IQueryable<Workflow> LockWorkflows(IReadOnlyCollection<WorkflowId> ids) =>
        Workflows.Where(workflow => ids.Contains(workflow.Id));

    public override IQueryable<Participant> ParticipantsIn(IReadOnlyCollection<WorkflowId> workflows, IReadOnlyCollection<UserId> users)
    {
        var wanted = PairsOf(workflows.Select(id => id.Value), users.Select(id => id.Value));
        return Participants.FromSql(
            $"""
            SELECT participants.* FROM json_each({wanted}) AS wanted
            JOIN participants ON workflow_id = wanted.value ->> 0 AND user_id = wanted.value ->> 1
            """
        );
    }

    public override IQueryable<Message> MessagesSent(IReadOnlyCollection<UserId> authors, IReadOnlyCollection<string> keys)
    {
        var wanted = PairsOf(authors.Select(id => id.Value), keys);
        return Messages.FromSql(
            $"""
            SELECT messages.* FROM json_each({wanted}) AS wanted
            JOIN messages ON author_id = wanted.value ->> 0 AND client_message_id = wanted.value ->> 1
            """
        );
    }

    /// <summary>Nobody: a file has one node.</summary>
    public override IQueryable<Participant> PresentElsewhere(
        IReadOnlyCollection<WorkflowId> workflows,
        NodeId than,
        DateTimeOffset aliveSince
    ) => Participants.Where(_ => false);

    /// <summary>Nothing: a file has one node, which nobody takes for dead.</summary>
    public override Task HoldAgainAsync(
        IReadOnlyCollection<SessionId> ids,
        IReadOnlyCollection<string> connections,
        NodeId node,
        DateTimeOffset droppedBefore,
        CancellationToken cancellationToken
    ) => Task.CompletedTask;

    internal override Task InsertPostsAsync(
        IReadOnlyList<Message> posts,
        IReadOnlyList<KnownWorkflow> workflows,
        CancellationToken cancellationToken
    ) => SqlitePosts.InsertAsync(this, posts, workflows, cancellationToken);

    public override async Task<IAsyncDisposable> BeginSnapshotAsync(CancellationToken cancellationToken)
    {
        await Database.OpenConnectionAsync(cancellationToken);
        var transaction = ((SqliteConnection)Database.GetDbConnection()).BeginTransaction(deferred: true);
        await Database.UseTransactionAsync(transaction, cancellationToken);
        return new Snapshot(this, transaction);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcMicrosecondsConverter>();
    }

    /// <summary>Ids as they are stored: text in upper case.</summary>
    private static string PairsOf<T>(IEnumerable<Guid> ids, IEnumerable<T> others) =>
        JsonSerializer.Serialize(ids.Zip(others, (id, other) => new[] { TextOf(id), TextOf(other!) }));

    private static string TextOf(object value) => value is Guid id ? id.ToString().ToUpperInvariant() : (string)value;

    /// <summary>EF Core begins a SQLite transaction as a writer's, so this one is begun, and ended, past it.</summary>
    private sealed class Snapshot(SqliteAppDbContext db, SqliteTransaction transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await db.Database.UseTransactionAsync(null);
            await db.Database.CloseConnectionAsync();
        }
    }
}
