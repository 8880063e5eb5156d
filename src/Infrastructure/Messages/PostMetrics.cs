using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BmadServer.Infrastructure.Messages;

/// <summary>Measurements of sends on their way into the database.</summary>
internal sealed class PostMetrics
{
    public const string MeterName = "BmadServer.Posts";

    private static readonly InstrumentAdvice<int> Sizes = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256] };

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private readonly Meter _meter;
    private readonly Histogram<int> _size;
    private readonly Histogram<double> _duration;

    public PostMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _size = _meter.CreateHistogram("bmadserver.posts.batch.size", "{post}", "Posts that were committed together.", tags: null, Sizes);
        _duration = _meter.CreateHistogram(
            "bmadserver.posts.batch.duration",
            "s",
            "How long the commit of a batch took, from when its posts left the queue.",
            tags: null,
            Seconds
        );
    }

    /// <summary>Asked for when somebody looks.</summary>
    public void ObserveWaiting(Func<int> count) =>
        _meter.CreateObservableUpDownCounter(
            "bmadserver.posts.waiting",
            count,
            "{post}",
            "Posts that wait for the commit under way to end."
        );

    /// <param name="startedAt">As <see cref="Stopwatch.GetTimestamp"/>.</param>
    public void BatchEnded(int posts, bool isCommitted, long startedAt)
    {
        if (_size.Enabled && isCommitted)
        {
            _size.Record(posts);
        }

        if (_duration.Enabled)
        {
            var outcome = new KeyValuePair<string, object?>("outcome", isCommitted ? "ok" : "failed");
            _duration.Record(Stopwatch.GetElapsedTime(startedAt).TotalSeconds, outcome);
        }
    }
}
