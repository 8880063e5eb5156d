using System.Diagnostics.Metrics;

namespace BmadServer.Web.Hosting;

/// <summary>Measurements of the hub.</summary>
internal sealed class HubMetrics
{
    public const string MeterName = "BmadServer.Hub";

    private readonly Histogram<double> _callDuration;

    public HubMetrics(IMeterFactory meters) =>
        _callDuration = meters
            .Create(MeterName)
            .CreateHistogram<double>("bmadserver.hub.call.duration", "s", "How long a hub call took, from its start to its answer.");

    /// <param name="outcome">The code of the refusal, or <c>ok</c>.</param>
    public void CallEnded(string method, string outcome, TimeSpan duration) =>
        _callDuration.Record(duration.TotalSeconds, new("method", method), new("outcome", outcome));
}
