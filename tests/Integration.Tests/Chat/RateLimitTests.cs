using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>A user's budget of hub calls, here a small one.</summary>
public sealed class RateLimitTests(Database database) : ChatTest(database)
{
    private const int Burst = 20;

    protected override IReadOnlyDictionary<string, string> Settings { get; } =
        new Dictionary<string, string> { ["RateLimits:HubCallBurst"] = $"{Burst}", ["RateLimits:HubCallsPerSecond"] = "1" };

    [Test]
    public async Task Calls_beyond_the_budget_are_refused_with_the_time_to_wait_and_the_connection_stays()
    {
        var client = await ConnectedAsync(await SignedInAsync());

        var refusal = await RefusedAsync(client, 2 * Burst);

        refusal.ShouldBe("rate_limited: Too many calls. Try again in 1 s.");
        await Eventually.ShouldBeTrueAsync(() => IsAcceptedAsync(client), "the budget has refilled");
    }

    [Test]
    public async Task Connections_of_one_user_share_a_budget_and_other_users_are_not_affected()
    {
        var user = await SignedInAsync();
        var (first, second) = (await ConnectedAsync(user), await ConnectedAsync(user));
        await RefusedAsync(first, 2 * Burst);

        // It refills all the while, but a budget of its own would last for more.
        await RefusedAsync(second, Burst / 2);
        var other = await ConnectedAsync(await SignedInAsync("Marco"));
        (await other.InvokeAsync("SendMessage", "Hello")).Number("sequence").ShouldBe(2);
    }

    [TestCase("NoSuchMethod")]
    [TestCase("SendMessage")]
    [TestCase("JoinWorkflow", "nonsense")]
    public async Task Calls_that_fit_no_method_cost_ten_times_as_much(string method, params object[] arguments)
    {
        var client = await ConnectedAsync(await SignedInAsync());

        var calls = 0;
        while (!(await RefusalAsync(() => client.InvokeAsync(method, arguments))).StartsWith("rate_limited: ", StringComparison.Ordinal))
        {
            calls++;
        }

        // More than two when it has refilled meanwhile.
        calls.ShouldBeInRange(2, 3);
    }

    [Test]
    public async Task Reading_a_page_or_a_snapshot_costs_five_times_as_much()
    {
        var user = await SignedInAsync();
        var workflow = await WorkflowOfAsync(user);
        var client = await ConnectedAsync(user);

        var calls = 0;
        var refusal = await RefusalAsync(async () =>
        {
            for (; calls < Burst; calls++)
            {
                await (calls % 2 == 0 ? client.InvokeAsync("JoinWorkflow", workflow) : client.InvokeAsync("CatchUp", workflow, 0));
            }
        });

        refusal.ShouldStartWith("rate_limited: ");
        // More than four when it has refilled meanwhile.
        calls.ShouldBeInRange(4, 12);
    }

    [TestCase("""{"type":2,"invocationId":"9","item":1}""")]
    [TestCase("""{"type":3,"invocationId":"9","result":1}""")]
    [TestCase("""{"type":4,"invocationId":"9","target":"SendMessage","arguments":[]}""")]
    [TestCase("""{"type":5,"invocationId":"9"}""")]
    [TestCase("nonsense")]
    public async Task Frames_that_are_no_calls_cost_as_much_as_calls_that_fit_no_method(string frame)
    {
        var user = await SignedInAsync();
        await using var client = await RawHubClient.ConnectAsync(Server.Url, user.AccessToken);

        // More than once, since the budget refills while a slow machine does something else. If a frame cost no more than a call, it would
        // last for all of these.
        var refusal = "";
        for (var call = 1; call <= Burst / 5 - 1 && refusal.Length == 0; call++)
        {
            for (var frames = 0; frames < 4; frames++)
            {
                await client.SendFrameAsync(frame);
            }

            await client.SendFrameAsync($$"""{"type":1,"invocationId":"{{call}}","target":"SendMessage","arguments":["Hello"]}""");
            var completion = await client.CompletionAsync($"{call}");
            refusal = completion.TryGetProperty("error", out var error) ? error.GetString()! : "";
        }

        refusal.ShouldStartWith("rate_limited: ");
    }

    [Test]
    public async Task A_flood_is_ended_and_the_session_is_there_for_when_the_client_behaves()
    {
        var user = await SignedInAsync();
        var workflow = await WorkflowOfAsync(user);
        await using var flooding = await RawHubClient.ConnectAsync(Server.Url, user.AccessToken);
        await flooding.SendFrameAsync($$"""{"type":1,"invocationId":"1","target":"JoinWorkflow","arguments":["{{workflow}}"]}""");
        await flooding.CompletionAsync("1");
        var session = (await user.GetAsync("sessions")).Items("sessions").ShouldHaveSingleItem().Id("id");

        var flood = Task.Run(async () =>
        {
            while (true)
            {
                await flooding.SendFrameAsync("""{"type":1,"target":"SendMessage","arguments":[""]}""");
            }
        });

        await Should.ThrowAsync<Exception>(() => flood.WaitAsync(Eventually.Patience));
        flood.IsFaulted.ShouldBeTrue();
        await user.UntilDroppedAsync(session);
        var back = await ConnectedAsync(user, session);
        back.SessionId.ShouldBe(session);
        await Eventually.ShouldBeTrueAsync(() => IsAcceptedAsync(back), "the budget has refilled");
    }

    /// <summary>Calls until the budget is used up, without anything that takes time.</summary>
    /// <returns>The text of the refusal.</returns>
    private static async Task<string> RefusedAsync(HubClient client, int most)
    {
        for (var calls = 0; calls < most; calls++)
        {
            var refusal = await RefusalAsync(() => client.InvokeAsync("SendMessage", ""));
            if (refusal.StartsWith("rate_limited: ", StringComparison.Ordinal))
            {
                return refusal;
            }
        }

        throw new InvalidOperationException($"{most} calls were taken; {client.Received("SessionEnded").Count} ends.");
    }

    private static async Task<bool> IsAcceptedAsync(HubClient client)
    {
        try
        {
            await client.InvokeAsync("SendMessage", "Hello again");
            return true;
        }
        catch (Microsoft.AspNetCore.SignalR.HubException)
        {
            return false;
        }
    }
}

/// <summary>What an operator can switch.</summary>
public sealed class RateLimitsOffTests(Database database) : ChatTest(database)
{
    protected override IReadOnlyDictionary<string, string> Settings { get; } =
        new Dictionary<string, string> { ["RateLimits:Enabled"] = "false", ["RateLimits:HubCallBurst"] = "1", ["RateLimits:HubCallsPerSecond"] = "1" };

    [Test]
    public async Task Without_limits_no_call_is_refused()
    {
        var client = await ConnectedAsync(Sarah);

        var acks = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.InvokeAsync("SendMessage", "Hello")));

        acks.Length.ShouldBe(50);
    }
}
