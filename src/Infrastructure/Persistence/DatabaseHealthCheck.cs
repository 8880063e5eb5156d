using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BmadServer.Infrastructure.Persistence;

/// <summary>Whether the database answers and has the schema that this version needs.</summary>
internal sealed class DatabaseHealthCheck(DatabaseMigrator migrator) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var pending = await migrator.PendingAsync(cancellationToken);
            return pending.Count == 0
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("The schema is older than this version; run migrate.");
        }
        catch (Exception failure)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.", failure);
        }
    }
}
