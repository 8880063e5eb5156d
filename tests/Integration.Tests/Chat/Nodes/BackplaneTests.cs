using System.Diagnostics;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat.Nodes;

/// <summary>What only a backplane gives, and what its loss must not take. Each test leaves Redis running.</summary>
public sealed class BackplaneTests : NodesTest
{
    /// <summary>Far above many sends on a busy machine, and below the time for which Redis is waited for.</summary>
    private static readonly TimeSpan Prompt = TimeSpan.FromMilliseconds(400);

    [OneTimeSetUp]
    public Task StartAsync() => StartNodesAsync(withRedis: true);

    [Test]
    public async Task The_others_see_on_their_node_who_is_typing()
    {
        var workflow = await SharedWorkflowAsync();
        var (sarah, marco) = (await JoinedAsync(First, Sarah, workflow), await JoinedAsync(Second, Marco, workflow));
        var second = await JoinedAsync(Second, Sarah, workflow);

        await TypeUntilSeenAsync(sarah, marco, workflow);

        var typing = marco.Received("TypingChanged")[0];
        typing.Id("userId").ShouldBe(Sarah.Id);
        typing.Text("name").ShouldBe("Sarah");
        typing.Flag("isTyping").ShouldBeTrue();
        second.Received("TypingChanged").ShouldBeEmpty();
    }

    [Test]
    public async Task A_message_does_not_wait_for_the_other_node_to_look_by_itself()
    {
        var workflow = await SharedWorkflowAsync();
        var (sarah, marco) = (await JoinedAsync(First, Sarah, workflow), await JoinedAsync(Second, Marco, workflow));
        List<double> times = [];

        for (var i = 0; i < 40; i++)
        {
            var sent = await SendAsync(sarah, workflow, "Hello");
            var acked = Stopwatch.GetTimestamp();
            await marco.WaitForEventAsync(workflow, sent);
            times.Add(Stopwatch.GetElapsedTime(acked).TotalMilliseconds);
        }

        times.Sort();
        await TestContext.Out.WriteLineAsync($"after the ack: median {times[20]:0.0} ms, slowest {times[^1]:0.0} ms");
        times[20].ShouldBeLessThan(300);
    }

    [Test]
    public async Task With_Redis_killed_all_goes_on_and_it_heals([Values] bool frozen)
    {
        var workflow = await SharedWorkflowAsync();
        var (sarah, marco) = (await JoinedAsync(First, Sarah, workflow), await JoinedAsync(Second, Marco, workflow));
        var near = await JoinedAsync(First, Sarah, workflow);
        List<long> sent = [];
        List<TimeSpan> times = [];
        if (frozen)
        {
            Redis!.Freeze();
        }
        else
        {
            await Redis!.KillAsync();
        }

        try
        {
            var outage = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(outage) < TimeSpan.FromSeconds(6) || times.Count < 8)
            {
                var start = Stopwatch.GetTimestamp();
                sent.Add(await SendAsync(sarah, workflow, "While Redis is away"));
                await near.WaitForEventAsync(workflow, sent[^1]);
                times.Add(Stopwatch.GetElapsedTime(start));
                await marco.WaitForEventAsync(workflow, sent[^1]);
            }

            times.Sort();
            times[times.Count / 4].ShouldBeLessThan(Prompt, "one that waits for Redis waits at every send");
            await UntilBackplaneAsync("degraded");
            // Also who connects meanwhile is served.
            var late = await JoinedAsync(Second, Sarah, workflow);
            await late.WaitForEventAsync(workflow, await SendAsync(marco, workflow, "Welcome"));
        }
        finally
        {
            if (frozen)
            {
                Redis.Thaw();
            }
            else
            {
                await Redis.StartAsync();
            }
        }

        await UntilBackplaneAsync("healthy");
        await TypeUntilSeenAsync(sarah, marco, workflow);
        foreach (var reader in new[] { sarah, near, marco })
        {
            reader.Received("SessionEnded").ShouldBeEmpty();
            var sequences = reader.Events(workflow).Select(@event => @event.Number("sequence")).ToArray();
            sequences.ShouldBe(Enumerable.Range(0, sequences.Length).Select(i => sent[0] + i));
        }
    }

    [Test]
    public async Task A_node_without_Redis_starts_degraded_and_heals()
    {
        await Redis!.KillAsync();
        try
        {
            await using var node = await StartNodeAsync();

            (await BackplaneAsync(node)).Text("status").ShouldBe("degraded");
            await Redis.StartAsync();

            await Eventually.ShouldBeTrueAsync(async () => (await BackplaneAsync(node)).Text("status") == "healthy", "the backplane is healthy");
        }
        finally
        {
            await UntilBackplaneAsync("healthy");
        }
    }

    /// <summary>Typing may get lost, such as when Redis has just come back; whoever goes on typing says so again.</summary>
    private static Task TypeUntilSeenAsync(HubClient typist, HubClient other, Guid workflow) =>
        Eventually.ShouldBeTrueAsync(
            async () =>
            {
                await typist.CallAsync("SetTyping", workflow, true);
                return other.Received("TypingChanged").Count > 0;
            },
            "the other one sees who is typing"
        );
}
