using System.Net.Http.Headers;
using BmadServer.Load.Clients;
using BmadServer.Load.Measuring;
using BmadServer.Load.Reporting;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.Modes;

/// <summary>What a long history costs.</summary>
/// <param name="Call">What was timed.</param>
/// <param name="Long">In the long workflow.</param>
/// <param name="Short">In the short one, in turn with it.</param>
internal sealed record HistoryMeasurement(string Subject, string Call, int Events, Distribution Long, Distribution Short)
{
    public double Ratio => Long.P50 / Short.P50;
}

/// <summary>The same calls in a workflow with a long history and in one with a page of it, in turn.</summary>
internal static class History
{
    /// <summary>As much as a page of <c>CatchUp</c> holds, so that both answer the same.</summary>
    private const int Page = 500;

    private const int WarmUpCalls = 50;

    public static async Task<IReadOnlyList<HistoryMeasurement>> RunAsync(
        ServerSubject server,
        int events,
        int calls,
        CancellationToken cancellationToken
    )
    {
        var person = (await server.Crowd.GatherAsync(1, cancellationToken))[0];
        var workflows = await server.Crowd.CreateWorkflowsAsync(
            [
                [person],
                [person],
            ],
            cancellationToken
        );
        Progress.Say($"{server.Name}: writing a history of {events} events");
        await HistorySeed.WriteAsync(server, person, workflows[0], events, cancellationToken);
        await HistorySeed.WriteAsync(server, person, workflows[1], Page, cancellationToken);

        using var connection = await HubConnection.OpenAsync(
            server.Node.Url,
            person.AccessToken,
            new HubListener(),
            cancellationToken: cancellationToken
        );
        using var http = new HttpClient { BaseAddress = server.Node.Url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", person.AccessToken);
        int[] lengths = [events, Page];
        return
        [
            await CompareAsync(
                "newest page",
                place => http.GetByteArrayAsync($"/api/v1/workflows/{workflows[place]}/messages", cancellationToken)
            ),
            await CompareAsync(
                $"catch-up of {Page}",
                place => connection.CallAsync("CatchUp", $"\"{workflows[place]}\",{lengths[place] - Page}", cancellationToken)
            ),
            await CompareAsync(
                "send",
                place =>
                    connection.CallAsync(
                        "SendMessage",
                        $$"""{"content":"load 000000000000 abcdefghijklmnopqr","workflowId":"{{workflows[place]}}"}""",
                        cancellationToken
                    )
            ),
        ];

        async Task<HistoryMeasurement> CompareAsync(string call, Func<int, Task<byte[]>> callAsync)
        {
            Progress.Say($"{server.Name}: {call} with and without a history");
            Latencies[] latencies = [new(), new()];
            for (var i = 0; i < WarmUpCalls + calls; i++)
            {
                for (var place = 0; place < workflows.Count; place++)
                {
                    var from = TimeProvider.System.GetTimestamp();
                    await callAsync(place);
                    if (i >= WarmUpCalls)
                    {
                        latencies[place].Record(0, from, TimeProvider.System.GetTimestamp());
                    }
                }
            }

            return new HistoryMeasurement(server.Name, call, events, latencies[0].Read(), latencies[1].Read());
        }
    }
}
