using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Persistence.Configurations;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Infrastructure.Persistence;

public sealed class SqliteAppDbContext(DbContextOptions<SqliteAppDbContext> options) : AppDbContext(options)
{
    /// <summary>A transaction that writes holds the one write lock of the whole file already.</summary>
    public override IQueryable<Workflow> LockWorkflow(WorkflowId id) => Workflows.Where(workflow => workflow.Id == id);

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
