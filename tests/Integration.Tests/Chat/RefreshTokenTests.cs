using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>What an open connection's access token means for it. The server's clock is shifted, and only ever forward.</summary>
public sealed class RefreshTokenTests(Database database) : ChatTest(database)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>What is allowed for clocks that differ, and a turn of the watch.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(6);

    /// <summary>Of the younger token when the older one is found outdated: less than the grace, so that it must not be found too.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(3);

    private readonly TestClock _time = new();

    protected override TimeProvider Time => _time;

    /// <summary>Earlier tests let the access tokens grow old.</summary>
    [SetUp]
    public Task SignInAsync() => Task.WhenAll(Sarah.SignInAsync(), Marco.SignInAsync());

    [Test]
    public async Task A_connection_whose_token_runs_out_is_told_and_closed_and_its_session_stays()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var client = await JoinedAsync(Sarah, workflow);

        _time.Advance(Lifetime + Grace);
        await client.Closed;

        client.Received("SessionEnded").ShouldHaveSingleItem().GetString().ShouldBe("expired");
        await Sarah.SignInAsync();
        await Sarah.UntilDroppedAsync(client.SessionId);
        var back = await ConnectedAsync(Sarah, client.SessionId);
        back.IsRestored.ShouldBeTrue();
        back.SessionId.ShouldBe(client.SessionId);
        back.Session.Items("joinedWorkflows").ShouldHaveSingleItem().Id("workflowId").ShouldBe(workflow);
    }

    [Test]
    public async Task A_connection_is_not_closed_before_its_token_runs_out()
    {
        var older = await ConnectedAsync(Sarah);
        _time.Advance(Margin);
        await Sarah.SignInAsync();
        var client = await ConnectedAsync(Sarah);

        _time.Advance(Lifetime + Grace - Margin);

        // The same look at all connections has found this one, and left the other.
        await older.Closed;
        await client.InvokeAsync("SendMessage", "Still here");
        client.Received("SessionEnded").ShouldBeEmpty();
    }

    [Test]
    public async Task A_new_token_keeps_the_connection_open_without_a_gap()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var (renewed, outdated) = (await JoinedAsync(Marco, workflow), await JoinedAsync(Sarah, workflow));
        _time.Advance(Lifetime / 2);
        await RefreshAsync(Marco);

        var answer = await renewed.InvokeAsync("RefreshToken", Marco.AccessToken);
        answer.Time("expiresAt").ShouldBe(_time.GetUtcNow() + Lifetime, TimeSpan.FromSeconds(1));
        _time.Advance(Lifetime / 2 + Grace);
        await outdated.Closed;

        var ack = await renewed.InvokeAsync("SendMessage", new { content = "Still here", workflowId = workflow });
        await renewed.WaitForEventAsync(workflow, ack.Number("sequence"));
        renewed.Received("SessionEnded").ShouldBeEmpty();
        renewed.Received("SessionStarted").Count.ShouldBe(1);
    }

    [Test]
    public async Task A_token_of_another_sign_in_of_the_same_user_moves_the_session_there()
    {
        var user = await SignedInAsync();
        var client = await ConnectedAsync(user);
        var firstCookie = user.RefreshCookie;
        await user.SignInAsync();
        await client.InvokeAsync("RefreshToken", user.AccessToken);

        (await user.Http.PostCookieAsync("/api/v1/auth/logout", firstCookie)).EnsureSuccessStatusCode();
        await client.InvokeAsync("SendMessage", "Still here");
        client.Received("SessionEnded").ShouldBeEmpty();

        (await user.Http.PostCookieAsync("/api/v1/auth/logout", user.RefreshCookie)).EnsureSuccessStatusCode();
        await client.Closed;
        client.Received("SessionEnded").ShouldHaveSingleItem().GetString().ShouldBe("loggedOut");
    }

    [Test]
    public async Task A_token_that_is_none_or_out_of_date_or_of_somebody_else_is_refused_and_changes_nothing()
    {
        var old = Sarah.AccessToken;
        _time.Advance(Lifetime + Grace);
        await SignInAsync();
        var ended = await SignedInAsync("Sarah");
        (await ended.Http.PostAsync("/api/v1/auth/logout", null)).EnsureSuccessStatusCode();
        var client = await ConnectedAsync(Sarah);
        var tampered = Sarah.AccessToken[..^4] + (Sarah.AccessToken.EndsWith("AAAA") ? "BBBB" : "AAAA");

        foreach (var token in (string?[])[null, "", "garbage", tampered, old, Marco.AccessToken, ended.AccessToken])
        {
            (await RefusalAsync(() => client.InvokeAsync("RefreshToken", token))).ShouldBe("auth.token_invalid: This is no valid access token of yours.");
        }

        await client.InvokeAsync("SendMessage", "Still here");
        _time.Advance(Lifetime + Grace);
        await client.Closed;
    }

    [Test]
    public async Task A_token_of_a_sign_in_that_was_ended_is_refused()
    {
        var client = await ConnectedAsync(Sarah);
        await Sarah.SignInAsync();
        var (token, cookie) = (Sarah.AccessToken, Sarah.RefreshCookie);
        (await Sarah.Http.PostCookieAsync("/api/v1/auth/logout", cookie)).EnsureSuccessStatusCode();

        (await RefusalAsync(() => client.InvokeAsync("RefreshToken", token))).ShouldStartWith("auth.token_invalid: ");
    }

    [Test]
    public async Task Renewing_a_token_is_no_activity()
    {
        var client = await ConnectedAsync(Sarah);
        var before = (await Sarah.GetAsync($"sessions/{client.SessionId}")).Time("lastActivityAt");
        _time.Advance(TimeSpan.FromMinutes(5));

        await client.InvokeAsync("RefreshToken", Sarah.AccessToken);

        (await Sarah.GetAsync($"sessions/{client.SessionId}")).Time("lastActivityAt").ShouldBe(before);
    }

    private static async Task RefreshAsync(TestUser user)
    {
        using var response = await user.Http.PostCookieAsync("/api/v1/auth/refresh", user.RefreshCookie);
        await user.TakeAsync(response);
    }
}
