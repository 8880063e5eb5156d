using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Examples;

/// <summary>The clients against a server that takes few calls at a time: they wait as they are told.</summary>
public sealed class RateLimitedClientTests(Database database) : ServerTest(database)
{
    private const int Burst = 5;
    private const int Messages = 3 * Burst;

    /// <summary>The budget refills once a second.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    protected override IReadOnlyDictionary<string, string> Settings { get; } =
        new Dictionary<string, string> { ["RateLimits:HubCallBurst"] = $"{Burst}", ["RateLimits:HubCallsPerSecond"] = $"{Burst}" };

    [Test]
    public async Task The_TypeScript_client_has_everything_acknowledged_in_order_on_one_connection()
    {
        var user = await SignedInAsync();
        var workflow = await WorkflowOfAsync(user);
        await using var client = await TypeScriptClient.StartAsync(Server.Url, user);
        await client.CallAsync("join", workflow);

        var started = TimeProvider.System.GetTimestamp();
        var acks = await Task.WhenAll(Enumerable.Range(1, Messages).Select(i => client.CallAsync("send", workflow, $"Message {i}")));

        TimeProvider.System.GetElapsedTime(started).ShouldBeGreaterThan(Least);
        acks.Select(ack => ack.GetProperty("sequence").GetInt64()).ShouldBe(TypeScriptClientTests.Sequences(2, Messages + 1));
        client.Reported("drop").ShouldBeEmpty();
    }

    [Test]
    public async Task The_dotnet_client_has_everything_acknowledged_in_order_on_one_connection()
    {
        var user = await SignedInAsync();
        var workflow = await WorkflowOfAsync(user);
        await using var client = DotNetClientTests.Start(Server.Url, user, workflow);

        for (var i = 1; i <= Messages; i++)
        {
            await client.WriteLineAsync($"Message {i}");
        }

        await client.WaitForAsync(lines => lines.Contains($"#{Messages + 1} Sarah: Message {Messages}"));
        (await client.EndAsync()).ShouldBe(0);
        client.Lines.Where(line => line.StartsWith('#')).ShouldBe(Enumerable.Range(1, Messages).Select(i => $"#{i + 1} Sarah: Message {i}"));
        client.Lines.Count(line => line.StartsWith("connected")).ShouldBe(1);
    }
}
