using System.Net;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Auth;

public sealed class LogoutTests(Database database) : ServerTest(database)
{
    private const string Path = "/api/v1/auth/logout";

    private HttpClient _http = null!;
    private TestUser _sarah = null!;

    [OneTimeSetUp]
    public async Task SignUpAsync()
    {
        _http = TestUser.Client(Server.Url);
        _sarah = await SharedUserAsync();
    }

    [OneTimeTearDown]
    public void CloseClient() => _http.Dispose();

    /// <summary>Each test ends a sign-in of its own.</summary>
    [SetUp]
    public Task SignInAsync() => _sarah.SignInAsync();

    [Test]
    public async Task A_logout_is_answered_with_204_and_clears_the_cookie()
    {
        using var response = await LogoutAsync(_sarah.RefreshCookie);

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var cookie = response.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldStartWith("bmadserver_refresh=;");
        cookie.ShouldContain("expires=Thu, 01 Jan 1970");
        cookie.ShouldContain("path=/api/v1/auth");
    }

    [Test]
    public async Task The_access_token_is_worth_nothing_from_then_on()
    {
        await LogoutAsync(_sarah.RefreshCookie).ShouldBeNoContentAsync();

        await _sarah.Http.GetAsync("/api/v1/users/me").ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.required");
    }

    [Test]
    public async Task The_refresh_token_is_worth_nothing_from_then_on()
    {
        await LogoutAsync(_sarah.RefreshCookie).ShouldBeNoContentAsync();

        await _http
            .PostCookieAsync("/api/v1/auth/refresh", _sarah.RefreshCookie)
            .ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.refresh_invalid");
    }

    [Test]
    public async Task A_second_logout_is_answered_like_the_first()
    {
        await LogoutAsync(_sarah.RefreshCookie).ShouldBeNoContentAsync();

        await LogoutAsync(_sarah.RefreshCookie).ShouldBeNoContentAsync();
    }

    [TestCase(null)]
    [TestCase("bmadserver_refresh=garbage")]
    public async Task Where_nothing_can_be_ended_a_logout_is_answered_with_204(string? cookie) =>
        await LogoutAsync(cookie).ShouldBeNoContentAsync();

    [Test]
    public async Task Without_the_cookie_the_access_tokens_sign_in_is_ended()
    {
        await _sarah.Http.PostAsync(Path, content: null).ShouldBeNoContentAsync();

        await _http
            .PostCookieAsync("/api/v1/auth/refresh", _sarah.RefreshCookie)
            .ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.refresh_invalid");
    }

    [Test]
    public async Task A_cookie_from_before_a_rotation_ends_the_sign_in_too()
    {
        var before = _sarah.RefreshCookie;
        using var refreshed = await _http.PostCookieAsync("/api/v1/auth/refresh", before);
        await _sarah.TakeAsync(refreshed);

        await LogoutAsync(before).ShouldBeNoContentAsync();

        await _sarah.Http.GetAsync("/api/v1/users/me").ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.required");
    }

    [Test]
    public async Task The_sockets_of_the_sign_in_are_closed_and_told_why()
    {
        var client = await ConnectedAsync(_sarah);

        await LogoutAsync(_sarah.RefreshCookie).ShouldBeNoContentAsync();

        await client.Closed;
        client.Received("SessionEnded").ShouldHaveSingleItem().GetString().ShouldBe("loggedOut");
    }

    [Test]
    public async Task The_sessions_of_the_sign_in_are_ended()
    {
        var client = await ConnectedAsync(_sarah);
        await LogoutAsync(_sarah.RefreshCookie).ShouldBeNoContentAsync();
        await _sarah.SignInAsync();

        await _sarah
            .Http.GetAsync($"/api/v1/sessions/{client.SessionId}")
            .ShouldBeRefusedAsync(HttpStatusCode.Gone, "session.ended");
    }

    [Test]
    public async Task Another_sign_in_of_the_same_user_goes_on()
    {
        var cookie = _sarah.RefreshCookie;
        await _sarah.SignInAsync();
        var client = await ConnectedAsync(_sarah);

        await LogoutAsync(cookie).ShouldBeNoContentAsync();

        await _sarah.Http.GetAsync("/api/v1/users/me").ShouldBeAsync(HttpStatusCode.OK);
        await client.InvokeAsync("SendMessage", "Still here");
    }

    private Task<HttpResponseMessage> LogoutAsync(string? cookie) => _http.PostCookieAsync(Path, cookie);
}
