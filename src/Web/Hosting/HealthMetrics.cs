using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BmadServer.Web.Hosting;

/// <summary>What <c>/health/ready</c> says, as a measurement: each check by its name, as it was when last made.</summary>
internal sealed class HealthMetrics : IHealthCheckPublisher
{
    public const string MeterName = "BmadServer.Health";

    /// <summary>How often the checks are made for it.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private volatile Measurement<double>[] _latest = [];

    public HealthMetrics(IMeterFactory meters) =>
        meters
            .Create(MeterName)
            .CreateObservableGauge(
                "bmadserver.health",
                () => _latest,
                unit: null,
                "1 where a health check is healthy, 0.5 where it is degraded, 0 where it is unhealthy."
            );

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        _latest = [.. report.Entries.Select(entry => Measure(entry.Key, entry.Value.Status))];
        return Task.CompletedTask;
    }

    private static Measurement<double> Measure(string check, HealthStatus status) =>
        new(ValueOf(status), new KeyValuePair<string, object?>("check", check));

    private static double ValueOf(HealthStatus status) =>
        status switch
        {
            HealthStatus.Healthy => 1,
            HealthStatus.Degraded => 0.5,
            _ => 0,
        };
}
