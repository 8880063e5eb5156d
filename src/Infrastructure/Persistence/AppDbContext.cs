using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Auth;
using BmadServer.Infrastructure.Persistence.Configurations;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Infrastructure.Persistence;

/// <summary>The model that both databases share. What they do differently is in the two subclasses.</summary>
public abstract class AppDbContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<ApplicationUser> Users => Set<ApplicationUser>();

    public DbSet<TokenFamily> TokenFamilies => Set<TokenFamily>();

    public DbSet<RefreshToken> RefreshTokens => Set<RefreshToken>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<ServerNode> Nodes => Set<ServerNode>();

    public DbSet<Workflow> Workflows => Set<Workflow>();

    public DbSet<Participant> Participants => Set<Participant>();

    public DbSet<Message> Messages => Set<Message>();

    public DbSet<WorkflowEvent> WorkflowEvents => Set<WorkflowEvent>();

    /// <summary>The workflow, tracked, and locked against other transactions until this one ends.</summary>
    public abstract IQueryable<Workflow> LockWorkflow(WorkflowId id);

    /// <summary>Until it is disposed, all reads see one moment; nobody is kept from writing.</summary>
    public abstract Task<IAsyncDisposable> BeginSnapshotAsync(CancellationToken cancellationToken);

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(AppDbContext).Assembly);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<UserId>().HaveConversion<UserIdConverter>();
        configurationBuilder.Properties<TokenFamilyId>().HaveConversion<TokenFamilyIdConverter>();
        configurationBuilder.Properties<SessionId>().HaveConversion<SessionIdConverter>();
        configurationBuilder.Properties<NodeId>().HaveConversion<NodeIdConverter>();
        configurationBuilder.Properties<WorkflowId>().HaveConversion<WorkflowIdConverter>();
        configurationBuilder.Properties<MessageId>().HaveConversion<MessageIdConverter>();
        configurationBuilder.Properties<SessionState>().HaveConversion<SessionStateConverter, SessionStateComparer>();
        configurationBuilder.Properties<SessionEndReason>().HaveConversion<string>();
        configurationBuilder.Properties<WorkflowStatus>().HaveConversion<string>();
        configurationBuilder.Properties<ParticipantRole>().HaveConversion<string>();
        configurationBuilder.Properties<ActorKind>().HaveConversion<string>();
    }
}
