using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using BmadServer.Application.Auth;
using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Infrastructure.Persistence;
using BmadServer.Integration.Tests.Support;
using BmadServer.Web.Common;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Auth;

public sealed class RefreshTests(Database database) : ServerTest(database)
{
    private const string Path = "/api/v1/auth/refresh";

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

    /// <summary>Each test refreshes a sign-in of its own.</summary>
    [SetUp]
    public Task SignInAsync() => _sarah.SignInAsync();

    [Test]
    public async Task A_refresh_is_answered_like_a_login()
    {
        var tokens = await RefreshAsync(_sarah.RefreshCookie).ShouldBeAsync(HttpStatusCode.OK);

        tokens.ShouldHaveFields("accessToken", "tokenType", "expiresIn", "user");
        tokens.Text("tokenType").ShouldBe("Bearer");
        tokens.Number("expiresIn").ShouldBe(900);
        tokens.Text("accessToken").ShouldNotBe(_sarah.AccessToken);
        tokens.GetProperty("user").ShouldHaveFields("id", "email", "displayName").UuidV7("id").ShouldBe(_sarah.Id);
    }

    [Test]
    public async Task A_refresh_gives_a_new_cookie_that_is_good_for_the_next_refresh()
    {
        var cookies = new List<string> { _sarah.RefreshCookie };
        for (var i = 0; i < 3; i++)
        {
            using var response = await RefreshAsync(cookies[^1]);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            cookies.Add(CookieOf(response));
        }

        cookies.ShouldBeUnique();
    }

    [Test]
    public async Task The_access_token_before_a_refresh_stays_valid_until_it_expires()
    {
        await RefreshAsync(_sarah.RefreshCookie).ShouldBeAsync(HttpStatusCode.OK);

        await _sarah.Http.GetAsync("/api/v1/users/me").ShouldBeAsync(HttpStatusCode.OK);
    }

    [Test]
    public async Task The_reuse_of_a_rotated_token_is_refused_and_ends_all_that_came_of_its_sign_in()
    {
        var stolen = _sarah.RefreshCookie;
        using var refreshed = await RefreshAsync(stolen);
        await _sarah.TakeAsync(refreshed);

        await RefreshAsync(stolen).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.refresh_reused");

        await RefreshAsync(_sarah.RefreshCookie).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.refresh_invalid");
        await _sarah.Http.GetAsync("/api/v1/users/me").ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.required");
    }

    [Test]
    public async Task The_reuse_of_a_rotated_token_closes_the_sockets_of_its_sign_in()
    {
        var client = await ConnectedAsync(_sarah);
        var stolen = _sarah.RefreshCookie;
        await RefreshAsync(stolen).ShouldBeAsync(HttpStatusCode.OK);

        await RefreshAsync(stolen).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.refresh_reused");

        await client.Closed;
        client.Received("SessionEnded").ShouldHaveSingleItem().GetString().ShouldBe("revoked");
    }

    [Test]
    public async Task The_reuse_of_a_rotated_token_leaves_the_users_other_sign_ins_alone()
    {
        var stolen = _sarah.RefreshCookie;
        await RefreshAsync(stolen).ShouldBeAsync(HttpStatusCode.OK);
        await _sarah.SignInAsync();

        await RefreshAsync(stolen).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.refresh_reused");

        await _sarah.Http.GetAsync("/api/v1/users/me").ShouldBeAsync(HttpStatusCode.OK);
    }

    [TestCase(2)]
    [TestCase(10)]
    public async Task Of_simultaneous_refreshes_with_one_token_exactly_one_wins_and_its_tokens_work(int count)
    {
        var cookie = _sarah.RefreshCookie;

        var answers = await RefreshTogetherAsync(cookie, count);

        var winner = answers.Where(answer => answer.IsSuccessStatusCode).ShouldHaveSingleItem();
        await _sarah.TakeAsync(winner);
        await _sarah.Http.GetAsync("/api/v1/users/me").ShouldBeAsync(HttpStatusCode.OK);
        await RefreshAsync(_sarah.RefreshCookie).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Test]
    public async Task Those_who_lose_a_race_of_refreshes_are_told_so()
    {
        var answers = await RefreshTogetherAsync(_sarah.RefreshCookie, 10);

        foreach (var loser in answers.Where(answer => !answer.IsSuccessStatusCode))
        {
            await Task.FromResult(loser).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.refresh_raced");
        }
    }

    [Test]
    public async Task A_refresh_that_was_received_before_another_was_answered_has_only_lost_a_race()
    {
        var token = TokenOf(_sarah.RefreshCookie);
        using var response = await RefreshAsync(_sarah.RefreshCookie);
        await _sarah.TakeAsync(response);
        var hash = HashOf(token);
        var consumed = await Server.InDatabaseAsync(db => db.RefreshTokens.SingleAsync(row => row.Hash == hash));
        await using var scope = Server.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Caller>().Begin(new DefaultHttpContext(), consumed.ConsumedAt!.Value.AddMicroseconds(1));

        var refusal = await Should.ThrowAsync<DomainException>(() =>
            scope.ServiceProvider.GetRequiredService<IMediator>().Send(new Refresh(token))
        );

        refusal.Code.ShouldBe("auth.refresh_raced");
        await _sarah.Http.GetAsync("/api/v1/users/me").ShouldBeAsync(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_refresh_whose_answer_never_arrived_is_repeated_with_its_key()
    {
        using var lost = await RefreshAsync(_sarah.RefreshCookie, "key");
        using var repeated = await RefreshAsync(_sarah.RefreshCookie, "key");

        await _sarah.TakeAsync(repeated);
        CookieOf(repeated).ShouldNotBe(CookieOf(lost));
        await _sarah.Http.GetAsync("/api/v1/users/me").ShouldBeAsync(HttpStatusCode.OK);
        await RefreshAsync(_sarah.RefreshCookie, "another").ShouldBeAsync(HttpStatusCode.OK);
    }

    /// <summary>An answer that is late replaces the cookie of the repeat.</summary>
    [Test]
    public async Task Both_answers_of_a_refresh_and_its_repeat_are_good_for_the_next_one()
    {
        using var late = await RefreshAsync(_sarah.RefreshCookie, "key");
        using var repeated = await RefreshAsync(_sarah.RefreshCookie, "key");

        await RefreshAsync(CookieOf(late), "second").ShouldBeAsync(HttpStatusCode.OK);
        await RefreshAsync(CookieOf(repeated), "third").ShouldBeAsync(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_refresh_is_not_repeated_once_its_answer_was_used()
    {
        var cookie = _sarah.RefreshCookie;
        using var answered = await RefreshAsync(cookie, "key");
        await _sarah.TakeAsync(answered);
        await RefreshAsync(_sarah.RefreshCookie, "another").ShouldBeAsync(HttpStatusCode.OK);

        await RefreshAsync(cookie, "key").ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.refresh_reused");

        await _sarah.Http.GetAsync("/api/v1/users/me").ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.required");
    }

    [TestCase("another")]
    [TestCase(null)]
    public async Task The_reuse_of_a_rotated_token_without_its_key_is_refused_and_ends_the_sign_in(string? key)
    {
        await RefreshAsync(_sarah.RefreshCookie, "key").ShouldBeAsync(HttpStatusCode.OK);

        await RefreshAsync(_sarah.RefreshCookie, key).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.refresh_reused");

        await _sarah.Http.GetAsync("/api/v1/users/me").ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.required");
    }

    [Test]
    public async Task A_key_that_is_too_long_is_refused_and_leaves_the_token_as_it_was()
    {
        await RefreshAsync(_sarah.RefreshCookie, new string('k', 129)).ShouldBeRefusedAsync(HttpStatusCode.BadRequest, "validation.failed");

        await RefreshAsync(_sarah.RefreshCookie).ShouldBeAsync(HttpStatusCode.OK);
    }

    [TestCase(null)]
    [TestCase("bmadserver_refresh=")]
    [TestCase("bmadserver_refresh=garbage")]
    [TestCase("bmadserver_refresh=%00%ff%27%22")]
    [TestCase("another=cookie")]
    public async Task Without_a_token_that_was_ever_given_out_a_refresh_is_refused(string? cookie) =>
        await RefreshAsync(cookie).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.refresh_invalid");

    [Test]
    public async Task An_access_token_is_no_refresh_token() =>
        await RefreshAsync($"bmadserver_refresh={_sarah.AccessToken}")
            .ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.refresh_invalid");

    [Test]
    public async Task A_refresh_does_not_mind_an_access_token_that_is_no_longer_valid()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path);
        request.Headers.Add("Cookie", _sarah.RefreshCookie);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "no.longer.valid");

        await _http.SendAsync(request).ShouldBeAsync(HttpStatusCode.OK);
    }

    [TestCase("login")]
    [TestCase("refresh")]
    public async Task The_cookie_is_out_of_reach_for_scripts_and_other_sites_and_lives_for_7_days(string call)
    {
        using var response =
            call == "login"
                ? await _http.PostAsJsonAsync("/api/v1/auth/login", new { email = _sarah.Email, password = TestUser.Password })
                : await RefreshAsync(_sarah.RefreshCookie);

        var attributes = AttributesOf(response);

        attributes.ShouldContain("httponly");
        attributes.ShouldContain("secure");
        attributes.ShouldContain("samesite=strict");
        attributes.ShouldContain($"max-age={7 * 24 * 60 * 60}");
        attributes.ShouldNotContain(attribute => attribute.StartsWith("domain="));
    }

    [TestCase("/api/v1/auth/refresh", true)]
    [TestCase("/api/v1/auth/logout", true)]
    [TestCase("/api/v1/users/me", false)]
    [TestCase("/hubs/chat", false)]
    public async Task The_cookie_is_sent_to_the_auth_endpoints_alone(string path, bool isSent)
    {
        using var response = await RefreshAsync(_sarah.RefreshCookie);
        var url = new Uri(Server.Url, Path);
        var secure = new UriBuilder(url) { Scheme = "https" }.Uri;
        var jar = new CookieContainer();

        jar.SetCookies(secure, response.Headers.GetValues("Set-Cookie").Single());

        jar.GetCookies(new Uri(secure, path)).Count.ShouldBe(isSent ? 1 : 0);
    }

    [Test]
    public async Task A_refresh_token_is_stored_only_as_its_hash()
    {
        var token = TokenOf(_sarah.RefreshCookie);
        var hash = HashOf(token);

        var stored = await Server.InDatabaseAsync(db => db.RefreshTokens.SingleOrDefaultAsync(row => row.Hash == hash));
        var text = await Server.InDatabaseAsync(db => db.RefreshTokens.CountAsync(row => row.Hash == token));

        stored.ShouldNotBeNull();
        text.ShouldBe(0);
    }

    [Test]
    public void A_refresh_token_holds_256_random_bits() =>
        System.Buffers.Text.Base64Url.DecodeFromChars(TokenOf(_sarah.RefreshCookie)).Length.ShouldBe(32);

    private static string CookieOf(HttpResponseMessage response) => response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

    private static string[] AttributesOf(HttpResponseMessage response) =>
        [
            .. response
                .Headers.GetValues("Set-Cookie")
                .Single()
                .Split(';')
                .Skip(1)
                .Select(attribute => attribute.Trim().ToLowerInvariant()),
        ];

    private Task<HttpResponseMessage> RefreshAsync(string? cookie, string? key = null) => _http.PostCookieAsync(Path, cookie, key);

    /// <summary>
    /// Holds the token's row, and on SQLite the whole file, until all but one of the requests are answered: only then
    /// are they sure to be simultaneous.
    /// </summary>
    private async Task<HttpResponseMessage[]> RefreshTogetherAsync(string cookie, int count)
    {
        var hash = HashOf(TokenOf(cookie));
        var held = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var scope = Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        var holding = scope
            .ServiceProvider.GetRequiredService<IUnitOfWork>()
            .ExecuteAsync(
                async token =>
                {
                    await db
                        .RefreshTokens.Where(row => row.Hash == hash)
                        .ExecuteUpdateAsync(update => update.SetProperty(row => row.IssuedAt, row => row.IssuedAt), token);
                    held.SetResult();
                    await release.Task;
                },
                CancellationToken.None
            );
        await held.Task;

        var waiting = Enumerable.Range(0, count).Select(_ => RefreshAsync(cookie)).ToList();
        var all = waiting.ToArray();
        while (waiting.Count > 1)
        {
            waiting.Remove(await Task.WhenAny(waiting));
        }

        release.SetResult();
        await holding;
        return await Task.WhenAll(all);
    }

    private static string TokenOf(string cookie) => cookie.Split('=', 2)[1];

    private static string HashOf(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
