using System.Net;
using System.Net.Http.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Auth;

/// <summary>What ends by itself. The server's clock is shifted, and only ever forward.</summary>
public sealed class TimeLimitTests(Database database) : ServerTest(database)
{
    private readonly TestClock _time = new();

    protected override TimeProvider Time => _time;

    [Test]
    public async Task An_access_token_is_valid_for_15_minutes()
    {
        var user = await SignedInAsync();
        _time.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1));
        await user.Http.GetAsync("/api/v1/users/me").ShouldBeAsync(HttpStatusCode.OK);

        // Six more, because five are allowed for clocks that differ.
        _time.Advance(TimeSpan.FromSeconds(1 + 6));

        await user.Http.GetAsync("/api/v1/users/me").ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.required");
    }

    [Test]
    public async Task A_refresh_token_is_valid_for_7_days()
    {
        var user = await SignedInAsync();
        _time.Advance(TimeSpan.FromDays(7));

        await RefreshAsync(user).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.refresh_invalid");
    }

    [Test]
    public async Task Each_refresh_starts_the_7_days_anew()
    {
        var user = await SignedInAsync();
        for (var refreshes = 0; refreshes < 3; refreshes++)
        {
            _time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1));
            using var response = await RefreshAsync(user);
            await user.TakeAsync(response);
        }

        await user.Http.GetAsync("/api/v1/users/me").ShouldBeAsync(HttpStatusCode.OK);
    }

    [Test]
    public async Task Five_failed_logins_at_once_lock_an_account_for_5_minutes()
    {
        var user = await SignedInAsync();
        await FailTogetherAsync(user, 5);
        await LoginAsync(user).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.invalid_credentials");

        _time.Advance(TimeSpan.FromMinutes(5));
        await LoginAsync(user).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Test]
    public async Task Guesses_at_a_locked_account_do_not_keep_it_locked()
    {
        var user = await SignedInAsync();
        await FailTogetherAsync(user, 5);
        _time.Advance(TimeSpan.FromMinutes(4));
        await FailTogetherAsync(user, 5);

        _time.Advance(TimeSpan.FromMinutes(1));

        await LoginAsync(user).ShouldBeAsync(HttpStatusCode.OK);
    }

    private static async Task FailTogetherAsync(TestUser user, int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => LoginAsync(user, "wrong password")));

    private static Task<HttpResponseMessage> LoginAsync(TestUser user, string password = TestUser.Password) =>
        user.Http.PostAsJsonAsync("/api/v1/auth/login", new { email = user.Email, password });

    private static Task<HttpResponseMessage> RefreshAsync(TestUser user) =>
        user.Http.PostCookieAsync("/api/v1/auth/refresh", user.RefreshCookie);
}
