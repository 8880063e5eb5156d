using System.Data;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Workflows;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Infrastructure.Persistence;

public sealed class PostgresAppDbContext(DbContextOptions<PostgresAppDbContext> options) : AppDbContext(options)
{
    public override IQueryable<Workflow> LockWorkflow(WorkflowId id) =>
        Workflows.FromSql($"SELECT * FROM workflows WHERE id = {id.Value} FOR UPDATE");

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
