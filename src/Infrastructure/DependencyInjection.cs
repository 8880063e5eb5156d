using BmadServer.Application.Audit;
using BmadServer.Application.Auth;
using BmadServer.Application.Common;
using BmadServer.Application.Messages;
using BmadServer.Application.Sessions;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Auth;
using BmadServer.Infrastructure.Messages;
using BmadServer.Infrastructure.Persistence;
using BmadServer.Infrastructure.Persistence.Import;
using BmadServer.Infrastructure.Persistence.Posts;
using BmadServer.Infrastructure.Persistence.Repositories;
using BmadServer.Infrastructure.Realtime;
using BmadServer.Infrastructure.Sessions;
using MediatR;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BmadServer.Infrastructure;

public static class DependencyInjection
{
    /// <summary>
    /// PBKDF2 with HMAC-SHA512: OWASP's Password Storage Cheat Sheet asks for 210,000 or more.
    /// </summary>
    private const int PasswordIterations = 220_000;

    /// <summary>Registers the database, the repositories, accounts, tokens and the session sweep.</summary>
    /// <exception cref="StartupException">The configuration must not be used as it is.</exception>
    public static IServiceCollection AddInfrastructure(this IServiceCollection services, IConfiguration configuration)
    {
        configuration.RequirePositive<double>(SessionOptions.Section, nameof(SessionOptions.RecoveryWindowSeconds));
        configuration.RequirePositive<double>(SessionOptions.Section, nameof(SessionOptions.IdleTimeoutMinutes));
        configuration.RequirePositive<int>(MessageOptions.Section, nameof(MessageOptions.MessageCharacters));
        configuration.RequirePositive<int>(WorkflowOptions.Section, nameof(WorkflowOptions.OpenWorkflows));
        configuration.RequirePositive<int>(WorkflowOptions.Section, nameof(WorkflowOptions.Participants));
        RequireRetention(configuration);
        var directory = DataDirectory.Open(configuration);
        services.AddSingleton(directory);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(configuration.Options<SessionOptions>(SessionOptions.Section));
        services.AddSingleton(configuration.Options<MessageOptions>(MessageOptions.Section));
        services.AddSingleton(configuration.Options<AuditOptions>(AuditOptions.Section));
        services.AddSingleton(configuration.Options<WorkflowOptions>(WorkflowOptions.Section));
        services.AddPersistence(configuration, directory);
        services.AddAuth(configuration, directory);
        services.AddBackplane(configuration);
        services.AddSingleton<PostMetrics>();
        services.AddSingleton<PostBatcher>();
        services.AddSingleton<IPostBatcher>(provider => provider.GetRequiredService<PostBatcher>());
        services.AddHostedService<SchemaPreparation>();
        services.AddHostedService(provider => provider.GetRequiredService<PostBatcher>());
        services.AddHostedService<SessionSweeper>();
        return services;
    }

    private static void RequireRetention(IConfiguration configuration)
    {
        configuration.RequirePositive<int>(AuditOptions.Section, nameof(AuditOptions.RetentionDays));
        if (
            configuration.Options<AuditOptions>(AuditOptions.Section).RetentionDays
            is < AuditOptions.MinimumRetentionDays
                or > AuditOptions.MaximumRetentionDays
        )
        {
            throw new StartupException(
                $"Audit__RetentionDays must be {AuditOptions.MinimumRetentionDays} to {AuditOptions.MaximumRetentionDays}: the database refuses to delete what is a week old or younger."
            );
        }
    }

    private static void AddPersistence(this IServiceCollection services, IConfiguration configuration, DataDirectory directory)
    {
        if (configuration.GetConnectionString("bmadserver") is { Length: > 0 } connectionString)
        {
            RequireForm(connectionString);
            services.AddDbContextPool<AppDbContext, PostgresAppDbContext>(options => options.UsePostgres(connectionString));
            services.AddSingleton<IWriteLocks, PostgresWriteLocks>();
        }
        else
        {
            directory.RequireWritable();
            var embedded = new SqliteConnectionStringBuilder { DataSource = directory.DatabaseFile, ForeignKeys = true }.ToString();
            services.AddDbContextPool<AppDbContext, SqliteAppDbContext>(options => options.UseEmbedded(embedded));
            services.AddSingleton<IWriteLocks, SqliteWriteLocks>();
        }

        services.AddSingleton<CompiledQueries>();
        services.AddSingleton<WorkflowCache>();
        services.AddScoped<NewPosts>();
        services.AddScoped<IUnitOfWork, UnitOfWork>();
        services.AddScoped<IWorkflowRepository, WorkflowRepository>();
        services.AddScoped<IMessageRepository, MessageRepository>();
        services.AddScoped<ISessionRepository, SessionRepository>();
        services.AddScoped<IServerNodeRepository, ServerNodeRepository>();
        services.AddScoped<ITokenFamilyRepository, TokenFamilyRepository>();
        services.AddScoped<IAuditLog, AuditLog>();
        services.AddScoped<DatabaseMigrator>();
        services.AddScoped<DatabaseInspection>();
        services.AddScoped<DatabaseImport>();
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(DatabaseErrorBehaviour<,>));
        services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("database", tags: ["ready"]);
    }

    private static void AddBackplane(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration.GetConnectionString("redis") is { Length: > 0 } connectionString)
        {
            RequireSharing(configuration);
            services.AddSingleton(RedisOptions.Parse(connectionString));
            services.AddSingleton<BackplaneMetrics>();
            services.AddSingleton<RedisBackplane>();
            services.AddSingleton<IBackplane>(provider => provider.GetRequiredService<RedisBackplane>());
            services.AddHostedService(provider => provider.GetRequiredService<RedisBackplane>());
        }
        else
        {
            services.AddSingleton<IBackplane, NoBackplane>();
        }

        services.AddHealthChecks().AddCheck<BackplaneHealthCheck>("backplane", tags: ["ready"]);
    }

    /// <summary>What several nodes must have in common, and would otherwise each make for themselves.</summary>
    private static void RequireSharing(IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration.GetConnectionString("bmadserver")))
        {
            throw new StartupException(
                "ConnectionStrings__redis is for several nodes, and those need one PostgreSQL: set ConnectionStrings__bmadserver, or unset ConnectionStrings__redis."
            );
        }

        if (string.IsNullOrEmpty(configuration[$"{JwtOptions.Section}:{nameof(JwtOptions.SigningKey)}"]))
        {
            throw new StartupException(
                "ConnectionStrings__redis is for several nodes, and those need one signing key: set Jwt__SigningKey to the same on each."
            );
        }
    }

    /// <summary>The message leaves out what was given: a password may stand in it.</summary>
    private static void RequireForm(string connectionString)
    {
        try
        {
            _ = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException)
        {
            throw new StartupException(
                "ConnectionStrings__bmadserver is not of the form Host=…;Username=…;Password=…;Database=…",
                failure
            );
        }
    }

    private static void AddAuth(this IServiceCollection services, IConfiguration configuration, DataDirectory directory)
    {
        services.AddSingleton(SigningKey.Load(configuration, directory));
        services.AddSingleton(new SigningKeyRotation(configuration, directory));
        services.AddSingleton<AccessTokenRules>();
        services.AddSingleton<ITokenService, TokenService>();
        services.AddScoped<IUserAccounts, UserAccounts>();
        services.AddSingleton<DummyPassword>();
        services.AddSingleton<RefusalEntries>();
        services.AddSingleton<IPasswordHasher<ApplicationUser>, PasswordHasher<ApplicationUser>>();
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = PasswordIterations);
        services
            .AddIdentityCore<ApplicationUser>(options =>
            {
                options.User.RequireUniqueEmail = true;
                options.User.AllowedUserNameCharacters = "";
            })
            .AddEntityFrameworkStores<AppDbContext>();

        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, JwtBearerSetup>();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddAuthorization();

        // Authentication brings data protection along, and nothing here uses it; on its own it would write keys into the
        // home directory at every first start.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        foreach (var starter in services.Where(IsDataProtectionStarter).ToArray())
        {
            services.Remove(starter);
        }

        static bool IsDataProtectionStarter(ServiceDescriptor service) =>
            service.ServiceType == typeof(IHostedService)
            && service.ImplementationType?.Assembly == typeof(DataProtectionOptions).Assembly;
    }
}
