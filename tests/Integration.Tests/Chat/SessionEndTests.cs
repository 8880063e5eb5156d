using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>The server ends a session: its connection is told why, and closed.</summary>
public sealed class SessionEndTests(Database database) : ChatTest(database)
{
    /// <summary>Less than an access token lives, which would close the connection otherwise.</summary>
    private static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(10);

    /// <summary>The last activity is stored once a minute, so an idle session may live that much longer.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    private readonly TestClock _time = new();

    protected override TimeProvider Time => _time;

    protected override IReadOnlyDictionary<string, string> Settings { get; } =
        new Dictionary<string, string> { ["Sessions:IdleTimeoutMinutes"] = $"{IdleLimit.TotalMinutes}" };

    /// <summary>Earlier tests let the access token grow old.</summary>
    [SetUp]
    public Task SignInAsync() => Sarah.SignInAsync();

    [Test]
    public async Task Ending_a_session_over_rest_revokes_it()
    {
        var client = await ConnectedAsync(Sarah);

        (await Sarah.Http.DeleteAsync($"/api/v1/sessions/{client.SessionId}")).EnsureSuccessStatusCode();

        await ShouldEndAsync(client, "revoked");
    }

    [Test]
    public async Task Ending_a_session_leaves_the_users_other_ones_open()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var (ended, other) = (await JoinedAsync(Sarah, workflow), await JoinedAsync(Sarah, workflow));

        (await Sarah.Http.DeleteAsync($"/api/v1/sessions/{ended.SessionId}")).EnsureSuccessStatusCode();
        await ended.Closed;

        await SettleAsync(workflow, other);
        other.Received("SessionEnded").ShouldBeEmpty();
        ended.Events(workflow).ShouldBeEmpty();
    }

    [Test]
    public async Task Logging_out_ends_all_sessions_of_the_sign_in()
    {
        var user = await SignedInAsync();
        var (phone, laptop) = (await ConnectedAsync(user), await ConnectedAsync(user));

        (await user.Http.PostAsync("/api/v1/auth/logout", null)).EnsureSuccessStatusCode();

        await ShouldEndAsync(phone, "loggedOut");
        await ShouldEndAsync(laptop, "loggedOut");
    }

    [Test]
    public async Task Logging_out_leaves_the_sessions_of_another_sign_in_open()
    {
        var user = await SignedInAsync();
        var other = await ConnectedAsync(user);
        await user.SignInAsync();
        var ended = await ConnectedAsync(user);

        (await user.Http.PostAsync("/api/v1/auth/logout", null)).EnsureSuccessStatusCode();

        await ShouldEndAsync(ended, "loggedOut");
        await other.InvokeAsync("SendMessage", "Still here");
        other.Received("SessionEnded").ShouldBeEmpty();
    }

    [Test]
    public async Task A_session_that_is_idle_for_too_long_expires()
    {
        var client = await ConnectedAsync(Sarah);

        _time.Advance(IdleLimit + Grace);

        await _time.UntilSweptAsync(client.Closed);
        await ShouldEndAsync(client, "expired");
    }

    [Test]
    public async Task A_session_in_use_does_not_expire()
    {
        var (used, idle) = (await ConnectedAsync(Sarah), await ConnectedAsync(Sarah));

        _time.Advance(IdleLimit / 2);
        await used.InvokeAsync("SendMessage", "Still here");
        _time.Advance(IdleLimit / 2 + Grace);

        // Both were due for the same sweep, if it were only for when they began.
        await _time.UntilSweptAsync(idle.Closed);
        await used.InvokeAsync("SendMessage", "And here");
        used.Received("SessionEnded").ShouldBeEmpty();
    }

    [Test]
    public async Task An_extended_session_does_not_expire()
    {
        var (extended, idle) = (await ConnectedAsync(Sarah), await ConnectedAsync(Sarah));

        _time.Advance(IdleLimit / 2);
        await Sarah.SignInAsync();
        (await Sarah.Http.PostAsync($"/api/v1/sessions/{extended.SessionId}/extend", null)).EnsureSuccessStatusCode();
        _time.Advance(IdleLimit / 2 + Grace);

        await _time.UntilSweptAsync(idle.Closed);
        await extended.InvokeAsync("SendMessage", "Still here");
        extended.Received("SessionEnded").ShouldBeEmpty();
    }

    [Test]
    public async Task A_newer_connection_of_the_session_replaces_the_older_one()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var older = await JoinedAsync(Sarah, workflow);

        var newer = await ConnectedAsync(Sarah, older.SessionId);

        newer.SessionId.ShouldBe(older.SessionId);
        await ShouldEndAsync(older, "replaced");
        await SettleAsync(workflow, newer);
        older.Events(workflow).ShouldBeEmpty();
    }

    private static async Task ShouldEndAsync(HubClient client, string reason)
    {
        (await client.WaitForAsync("SessionEnded")).GetRawText().ShouldBe($"\"{reason}\"");
        await client.Closed;
        client.Received("SessionEnded").Count.ShouldBe(1);
    }
}
