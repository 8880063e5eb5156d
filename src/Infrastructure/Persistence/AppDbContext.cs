using BmadServer.Application.Common;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Auth;
using BmadServer.Infrastructure.Persistence.Configurations;
using BmadServer.Infrastructure.Persistence.Posts;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Infrastructure.Persistence;

/// <summary>The model that both databases share. What they do differently is in the two subclasses.</summary>
public abstract class AppDbContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<ApplicationUser> Users => Set<ApplicationUser>();

    public DbSet<KnownOrigin> KnownOrigins => Set<KnownOrigin>();

    public DbSet<TokenFamily> TokenFamilies => Set<TokenFamily>();

    public DbSet<RefreshToken> RefreshTokens => Set<RefreshToken>();

    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<ServerNode> Nodes => Set<ServerNode>();

    public DbSet<Workflow> Workflows => Set<Workflow>();

    public DbSet<Participant> Participants => Set<Participant>();

    public DbSet<Message> Messages => Set<Message>();

    public DbSet<WorkflowEvent> WorkflowEvents => Set<WorkflowEvent>();

    /// <summary>The workflow, tracked, and locked against other transactions until this one ends.</summary>
    public abstract IQueryable<Workflow> LockWorkflow(WorkflowId id);

    /// <summary>The same for many.</summary>
    public abstract IQueryable<Workflow> LockWorkflows(IReadOnlyCollection<WorkflowId> ids);

    /// <summary>Of these participations those that there are: of the first workflow that of the first user, and so on.</summary>
    public abstract IQueryable<Participant> ParticipantsIn(IReadOnlyCollection<WorkflowId> workflows, IReadOnlyCollection<UserId> users);

    /// <summary>The messages sent by the first author with the first key, by the second with the second, and so on.</summary>
    public abstract IQueryable<Message> MessagesSent(IReadOnlyCollection<UserId> authors, IReadOnlyCollection<string> keys);

    /// <summary>
    /// The participants of these workflows who have them open through another node that has shown a sign of life since then; each
    /// once for each workflow.
    /// </summary>
    public abstract IQueryable<Participant> PresentElsewhere(
        IReadOnlyCollection<WorkflowId> workflows,
        NodeId than,
        DateTimeOffset aliveSince
    );

    /// <summary>
    /// Gives the node those of these sessions back that have no connection and dropped before then: the first one with the first
    /// connection, and so on.
    /// </summary>
    public abstract Task HoldAgainAsync(
        IReadOnlyCollection<SessionId> ids,
        IReadOnlyCollection<string> connections,
        NodeId node,
        DateTimeOffset droppedBefore,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Stores new messages together with the events that posted them, and how far their workflows' logs go now: all of it, at once, or
    /// nothing. None of it is tracked.
    /// </summary>
    /// <param name="workflows">Those of the posts.</param>
    /// <exception cref="ConcurrentChangeException">A workflow's log does not end where it did.</exception>
    internal abstract Task InsertPostsAsync(
        IReadOnlyList<Message> posts,
        IReadOnlyList<KnownWorkflow> workflows,
        CancellationToken cancellationToken
    );

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
        configurationBuilder.Properties<AuditEvent>().HaveConversion<string>();
        configurationBuilder.Properties<WorkflowStatus>().HaveConversion<string>();
        configurationBuilder.Properties<ParticipantRole>().HaveConversion<string>();
        configurationBuilder.Properties<ActorKind>().HaveConversion<string>();
    }
}
