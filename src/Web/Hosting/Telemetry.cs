using System.Diagnostics;
using BmadServer.Application;
using BmadServer.Application.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace BmadServer.Web.Hosting;

/// <summary>
/// OpenTelemetry, as far as somebody wants it: to collect it for nobody costs every call. <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where
/// traces, metrics and logs are sent to; <c>Metrics__Port</c> is where Prometheus gets the metrics, and only those.
/// </summary>
internal static class Telemetry
{
    public const string MetricsPath = "/metrics";

    private const string HealthPath = "/health";
    private const string ServiceName = "bmadserver";

    /// <exception cref="Infrastructure.StartupException">The settings make no sense.</exception>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var scraping = MetricsOptions.Read(configuration);
        var isExported = !string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        if (scraping is null && !isExported)
        {
            return;
        }

        var telemetry = builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(configuration["OTEL_SERVICE_NAME"] ?? ServiceName))
            .WithMetrics(AddMeters);
        builder.Services.AddSingleton<IHealthCheckPublisher, HealthMetrics>();
        builder.Services.Configure<HealthCheckPublisherOptions>(options =>
        {
            options.Delay = TimeSpan.FromSeconds(1);
            options.Period = HealthMetrics.Period;
            // A check that takes longer counts as failed.
            options.Timeout = HealthMetrics.Period / 2;
        });
        if (scraping is not null)
        {
            telemetry.WithMetrics(metrics => metrics.AddPrometheusExporter());
            builder.Services.AddSingleton(scraping);
            builder.Services.AddHostedService<MetricsServer>();
        }

        if (isExported)
        {
            builder.Logging.AddOpenTelemetry(logging =>
            {
                logging.IncludeFormattedMessage = true;
                logging.IncludeScopes = true;
            });
            builder.Services.AddRequestTracing();
            var isSampled = !string.IsNullOrEmpty(configuration["OTEL_TRACES_SAMPLER"]);
            telemetry.WithTracing(tracing => AddSources(tracing, isSampled)).UseOtlpExporter();
        }
    }

    private static void AddMeters(MeterProviderBuilder metrics) =>
        metrics
            .AddAspNetCoreInstrumentation()
            .AddHttpClientInstrumentation()
            .AddRuntimeInstrumentation()
            .AddMeter("BmadServer.*", "Microsoft.EntityFrameworkCore", "Npgsql")
            // It would name the pool by its connection string, and there is one.
            .AddView(instrument =>
                instrument.Meter.Name == "Npgsql"
                    ? new MetricStreamConfiguration { TagKeys = ["db.client.connection.state", "error.type"] }
                    : null
            );

    /// <param name="isSampled">Whether the operator says what is to be traced.</param>
    private static void AddSources(TracerProviderBuilder tracing, bool isSampled)
    {
        tracing
            .AddAspNetCoreInstrumentation(options => options.Filter = context => !IsProbe(context.Request.Path))
            .AddHttpClientInstrumentation()
            .AddSource("Microsoft.AspNetCore.SignalR.Server", Tracing.SourceName)
            .AddNpgsql();
        if (!isSampled)
        {
            tracing.SetSampler(new ParentBasedSampler(new CallSampler()));
        }
    }

    private static bool IsProbe(PathString path) => path.StartsWithSegments(HealthPath) || path.StartsWithSegments(MetricsPath);

    /// <summary>Takes what a client has called, and what follows from it; not what the server asks its database by itself, all the time.</summary>
    private sealed class CallSampler : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
            new(samplingParameters.Kind == ActivityKind.Server ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
    }
}
