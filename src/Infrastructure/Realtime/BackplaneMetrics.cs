using System.Diagnostics.Metrics;

namespace BmadServer.Infrastructure.Realtime;

/// <summary>Measurements of the way to the other nodes.</summary>
internal sealed class BackplaneMetrics
{
    public const string MeterName = "BmadServer.Backplane";

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    };

    private readonly Meter _meter;
    private readonly Histogram<double> _publishDuration;
    private readonly Histogram<double> _lag;
    private long _dropped;

    public BackplaneMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _publishDuration = _meter.CreateHistogram(
            "bmadserver.backplane.publish.duration",
            "s",
            "How long Redis took to take a message with signals.",
            tags: null,
            Seconds
        );
        _lag = _meter.CreateHistogram(
            "bmadserver.backplane.lag",
            "s",
            "From when a message was published until this node heard it, as the other nodes do.",
            tags: null,
            Seconds
        );
        _meter.CreateObservableCounter(
            "bmadserver.backplane.signals.dropped",
            () => Interlocked.Read(ref _dropped),
            "{signal}",
            "Signals that were not sent, because Redis was away or too many waited."
        );
    }

    /// <summary>Asked for when somebody looks.</summary>
    public void ObserveWorking(Func<bool> isWorking) =>
        _meter.CreateObservableGauge(
            "bmadserver.backplane.working",
            () => isWorking() ? 1 : 0,
            unit: null,
            "1 while what this node publishes comes back to it, otherwise 0."
        );

    public void Published(TimeSpan duration, bool isTaken)
    {
        if (_publishDuration.Enabled)
        {
            _publishDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("outcome", isTaken ? "ok" : "failed"));
        }
    }

    public void Heard(TimeSpan lag) => _lag.Record(lag.TotalSeconds);

    public void Dropped(int signals) => Interlocked.Add(ref _dropped, signals);
}
