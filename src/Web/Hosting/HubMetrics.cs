using System.Diagnostics;
using System.Diagnostics.Metrics;
using BmadServer.Web.Chat;

namespace BmadServer.Web.Hosting;

/// <summary>Measurements of the hub. What happens with each push is counted here and read only when somebody looks.</summary>
internal sealed class HubMetrics
{
    public const string MeterName = "BmadServer.Hub";

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private readonly Histogram<double> _callDuration;
    private readonly Counter<long> _refusals;
    private readonly long[] _pushes = new long[Enum.GetValues<PushOrigin>().Length];
    private long _deliveries;
    private long _announcements;

    public HubMetrics(IMeterFactory meters, LiveConnections connections)
    {
        var meter = meters.Create(MeterName);
        _callDuration = meter.CreateHistogram(
            "bmadserver.hub.call.duration",
            "s",
            "How long a hub call took, from its start to its answer.",
            tags: null,
            Seconds
        );
        _refusals = meter.CreateCounter<long>("bmadserver.hub.refusals", "{call}", "Hub calls and connections that were refused.");
        meter.CreateObservableUpDownCounter("bmadserver.hub.connections", () => connections.Count, "{connection}", "Open connections.");
        meter.CreateObservableCounter(
            "bmadserver.hub.pushes",
            Pushes,
            "{event}",
            "Events that were pushed to those who have their workflow open."
        );
        meter.CreateObservableCounter(
            "bmadserver.hub.deliveries",
            () => Interlocked.Read(ref _deliveries),
            "{message}",
            "Connections that an event was pushed to, summed over the events."
        );
        meter.CreateObservableCounter(
            "bmadserver.hub.announcements",
            () => Interlocked.Read(ref _announcements),
            "{announcement}",
            "Workflows whose readers were told how far they should have come."
        );
    }

    /// <param name="startedAt">As <see cref="Stopwatch.GetTimestamp"/>.</param>
    public void CallAnswered(string method, long startedAt) => CallEnded(method, "ok", startedAt);

    /// <summary>Its client had gone.</summary>
    public void CallCancelled(string method, long startedAt) => CallEnded(method, "cancelled", startedAt);

    /// <param name="code">Of the refusal.</param>
    /// <param name="isFailure">Whether it is the server that could not serve.</param>
    public void CallRefused(string method, string code, bool isFailure, long startedAt)
    {
        CallEnded(method, isFailure ? "failed" : "refused", startedAt);
        Refused(method, code);
    }

    public void ConnectionRefused(string code) => Refused("connect", code);

    public void Pushed(PushOrigin origin, int receivers)
    {
        Interlocked.Increment(ref _pushes[(int)origin]);
        Interlocked.Add(ref _deliveries, receivers);
    }

    public void Announced() => Interlocked.Increment(ref _announcements);

    private void CallEnded(string method, string outcome, long startedAt)
    {
        if (_callDuration.Enabled)
        {
            _callDuration.Record(Stopwatch.GetElapsedTime(startedAt).TotalSeconds, new("method", method), new("outcome", outcome));
        }
    }

    private void Refused(string method, string code)
    {
        if (_refusals.Enabled)
        {
            _refusals.Add(1, new("method", method), new("code", code));
        }
    }

    private IEnumerable<Measurement<long>> Pushes() =>
        Enum.GetValues<PushOrigin>()
            .Select(origin => new Measurement<long>(
                Interlocked.Read(ref _pushes[(int)origin]),
                new KeyValuePair<string, object?>("origin", origin.ToString().ToLowerInvariant())
            ));
}
