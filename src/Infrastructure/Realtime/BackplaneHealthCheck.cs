using BmadServer.Application.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BmadServer.Infrastructure.Realtime;

/// <summary>Whether the nodes reach each other through Redis. Without it they still serve, so it is never unhealthy.</summary>
internal sealed class BackplaneHealthCheck(IBackplane backplane) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            backplane switch
            {
                RedisBackplane { IsWorking: true } => HealthCheckResult.Healthy(),
                RedisBackplane => HealthCheckResult.Degraded(
                    "Redis does not answer; what other nodes do is read from the database, and typing is not shown across nodes."
                ),
                _ => HealthCheckResult.Healthy("No backplane is configured."),
            }
        );
}
