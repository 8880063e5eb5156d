using System.Collections.Concurrent;
using System.Diagnostics;
using BmadServer.Integration.Tests.Chat;
using BmadServer.Integration.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace BmadServer.Integration.Tests.Telemetry;

/// <summary>What a message leaves behind where traces are wanted. The spans of a test are those of the trace that it begins.</summary>
// Whoever listens to spans hears those of the whole process.
[NonParallelizable]
public sealed class TraceTests(Database database) : ChatTest(database)
{
    private readonly OtlpSink _sink = OtlpSink.Start();
    private readonly Spans _spans = new();

    protected override IReadOnlyDictionary<string, string> Settings => _sink.Settings;

    protected override void Configure(WebApplicationBuilder builder)
    {
        base.Configure(builder);
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(_spans));
    }

    [OneTimeTearDown]
    public async Task StopSinkAsync() => await _sink.DisposeAsync();

    [Test]
    public async Task One_send_is_one_trace_from_the_hub_call_to_the_push()
    {
        var workflow = await SharedWorkflowAsync((Marco, "observer"));
        var reader = await JoinedAsync(Marco, workflow);
        await using var sender = await RawHubClient.ConnectAsync(Server.Url, Sarah.AccessToken);
        var trace = ActivityTraceId.CreateRandom();

        await SendAsync(sender, trace, "SendMessage", $$"""{"content":"Hello","workflowId":"{{workflow}}"}""");
        await reader.WaitForAsync("ReceiveEvent");

        // The hub call and the push end last.
        await Eventually.ShouldBeTrueAsync(
            () => Task.FromResult(_spans.Of(trace).Any(span => span.Kind == ActivityKind.Server) && _spans.Of(trace).Any(span => span.DisplayName == "Push")),
            "the call and the push are traced"
        );
        var spans = _spans.Of(trace);
        string[] path = ["Push", "PostTogether", "Batch", "SendMessage", "BmadServer.Web.Chat.ChatHub/SendMessage"];
        PathOf(spans, "Push").ShouldBe(path, string.Join('\n', spans.Select(span => $"{span.DisplayName} {span.Kind}")));
        if (Database == Database.Postgres)
        {
            spans.ShouldContain(span => span.Source.Name == "Npgsql" && PathOf(spans, span).Contains("PostTogether"));
        }
    }

    [Test]
    public async Task A_refused_call_says_so_in_its_trace()
    {
        var workflow = await SharedWorkflowAsync((Marco, "observer"));
        await using var reader = await RawHubClient.ConnectAsync(Server.Url, Marco.AccessToken);
        var trace = ActivityTraceId.CreateRandom();

        await SendAsync(reader, trace, "SendMessage", $$"""{"content":"Hello","workflowId":"{{workflow}}"}""");

        await Eventually.ShouldBeTrueAsync(() => Task.FromResult(_spans.Of(trace).Any(span => span.Kind == ActivityKind.Server)), "the call is traced");
        var request = _spans.Of(trace).Single(span => span.DisplayName == "SendMessage");
        request.GetTagItem("error.type").ShouldBe("workflow.read_only");
        request.Status.ShouldBe(ActivityStatusCode.Unset);
    }

    [Test]
    public async Task What_the_server_asks_its_database_by_itself_is_not_traced()
    {
        var workflow = await SharedWorkflowAsync();
        var client = await JoinedAsync(Sarah, workflow);

        await client.WaitForAsync("SequenceAnnounced");

        _spans.All.ShouldNotContain(span => span.DisplayName == "ListLastSequences");
    }

    private static async Task SendAsync(RawHubClient client, ActivityTraceId trace, string method, string argument)
    {
        var parent = $"00-{trace}-{ActivitySpanId.CreateRandom()}-01";
        await client.SendFrameAsync(
            $$"""{"type":1,"headers":{"traceparent":"{{parent}}"},"invocationId":"1","target":"{{method}}","arguments":[{{argument}}]}"""
        );
        await client.CompletionAsync("1");
    }

    private static string[] PathOf(IReadOnlyCollection<Activity> spans, string name) => PathOf(spans, spans.Single(span => span.DisplayName == name));

    /// <summary>Its own name and those of the spans around it, outwards.</summary>
    private static string[] PathOf(IReadOnlyCollection<Activity> spans, Activity innermost)
    {
        List<string> names = [];
        for (var span = innermost; span is not null; span = spans.SingleOrDefault(other => other.SpanId == span.ParentSpanId))
        {
            names.Add(span.DisplayName);
        }

        return [.. names];
    }

    private sealed class Spans : BaseProcessor<Activity>
    {
        private readonly ConcurrentQueue<Activity> _ended = new();

        public IReadOnlyCollection<Activity> All => _ended;

        public IReadOnlyCollection<Activity> Of(ActivityTraceId trace) => [.. _ended.Where(span => span.TraceId == trace)];

        public override void OnEnd(Activity data) => _ended.Enqueue(data);
    }
}
