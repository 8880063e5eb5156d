using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace BmadServer.Web.Hosting;

/// <summary>
/// What every service of an Aspire application has: telemetry, health checks, resilience and service discovery. Nothing
/// is exported unless <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to.
/// </summary>
internal static class ServiceDefaults
{
    private const string LiveTag = "live";
    private const string ReadyTag = "ready";

    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder)
    {
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        var telemetry = builder
            .Services.AddOpenTelemetry()
            .WithMetrics(metrics =>
                metrics
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddRuntimeInstrumentation()
                    .AddMeter("Microsoft.AspNetCore.Http.Connections", HubMetrics.MeterName)
            )
            .WithTracing(tracing =>
                tracing
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddSource("Microsoft.AspNetCore.SignalR.Server")
                    .AddNpgsql()
            );
        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            telemetry.UseOtlpExporter();
        }

        builder
            .Services.AddHealthChecks()
            .AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag])
            .AddCheck("backplane", () => HealthCheckResult.Healthy("One node; no backplane is configured."), [ReadyTag]);
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
