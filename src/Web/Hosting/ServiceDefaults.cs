using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BmadServer.Web.Hosting;

/// <summary>
/// What every service of an Aspire application has: telemetry where it is wanted, health checks, resilience and service discovery.
/// </summary>
internal static class ServiceDefaults
{
    private const string LiveTag = "live";

    /// <summary>Of the health checks that say whether the server takes requests.</summary>
    public const string ReadyTag = "ready";

    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder)
    {
        builder.AddTelemetry();
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        return builder;
    }

    public static void MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", Reporting(LiveTag));
        app.MapHealthChecks("/health/ready", Reporting(ReadyTag));
    }

    private static HealthCheckOptions Reporting(string tag) =>
        new() { Predicate = check => check.Tags.Contains(tag), ResponseWriter = WriteReportAsync };

    /// <summary>Each dependency by name. What went wrong in detail is for the log, not for whoever asks.</summary>
    private static Task WriteReportAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new
            {
                Status = Name(report.Status),
                Checks = report.Entries.ToDictionary(
                    entry => entry.Key,
                    entry => new { Status = Name(entry.Value.Status), entry.Value.Description }
                ),
            },
            context.RequestAborted
        );

    private static string Name(HealthStatus status) => status.ToString().ToLowerInvariant();
}
