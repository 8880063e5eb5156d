using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BmadServer.Infrastructure.Persistence;

/// <summary>Before anything else starts: brings the schema up to date, or makes sure that somebody has.</summary>
internal sealed class SchemaPreparation(
    IServiceScopeFactory scopes,
    IConfiguration configuration,
    ILogger<SchemaPreparation> logger
) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var migrator = scope.ServiceProvider.GetRequiredService<DatabaseMigrator>();
        var isEmbedded = string.IsNullOrEmpty(configuration.GetConnectionString("bmadserver"));
        if (configuration.GetValue("Database:MigrateOnStart", isEmbedded))
        {
            await migrator.MigrateAsync(cancellationToken);
        }
        else
        {
            await RequireSchemaAsync(migrator, cancellationToken);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task RequireSchemaAsync(DatabaseMigrator migrator, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> pending;
        try
        {
            pending = await migrator.PendingAsync(cancellationToken);
        }
        catch (Exception failure) when (DatabaseErrors.IsUnavailable(failure))
        {
            logger.LogError(
                "The database does not answer: {Reason}. The server starts, and is ready once it does",
                failure.GetBaseException().Message
            );
            return;
        }
        catch (Exception failure) when (DatabaseErrors.IsDatabaseError(failure))
        {
            throw new StartupException($"The database does not let the server in: {failure.GetBaseException().Message}", failure);
        }

        if (pending.Count > 0)
        {
            throw new StartupException(
                $"The database lacks {string.Join(", ", pending)}. Run the server with the argument migrate first "
                    + "(dotnet run --project src/Web -- migrate), or set Database__MigrateOnStart=true."
            );
        }
    }
}
