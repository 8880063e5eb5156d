using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using BmadServer.Integration.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Integration.Tests.Auth;

public sealed partial class LoginTests(Database database) : ServerTest(database)
{
    private const string Path = "/api/v1/auth/login";

    private HttpClient _http = null!;
    private TestUser _sarah = null!;
    private TestUser _locked = null!;

    private static IEnumerable<TestCaseData> InvalidFields()
    {
        foreach (var field in new[] { "email", "password" })
        {
            foreach (
                var (name, json) in new[]
                {
                    ("null", "null"),
                    ("a_number", "5"),
                    ("an_array", "[]"),
                    ("empty", "\"\""),
                    ("blank", "\"  \""),
                    ("too_long", $"\"{new string('x', 1025)}\""),
                    ("text_with_U+0000", "\"a\\u0000\""),
                    ("half_a_surrogate_pair", "\"a\\udc00\""),
                }
            )
            {
                yield return new TestCaseData(field, json).SetArgDisplayNames($"{field}_is_{name}");
            }
        }
    }

    [OneTimeSetUp]
    public async Task SignUpAsync()
    {
        _http = TestUser.Client(Server.Url);
        _sarah = await SharedUserAsync();
        _locked = await SharedUserAsync();
        await FailAsync(_locked, 5);
    }

    [OneTimeTearDown]
    public void CloseClient() => _http.Dispose();

    [Test]
    public async Task A_login_is_answered_with_an_access_token_for_15_minutes_and_the_user()
    {
        var tokens = await LoginAsync(_sarah.Email).ShouldBeAsync(HttpStatusCode.OK);

        tokens.ShouldHaveFields("accessToken", "tokenType", "expiresIn", "user");
        tokens.Text("accessToken").Split('.').Length.ShouldBe(3);
        tokens.Text("tokenType").ShouldBe("Bearer");
        tokens.Number("expiresIn").ShouldBe(900);
        var user = tokens.GetProperty("user").ShouldHaveFields("id", "email", "displayName");
        user.UuidV7("id").ShouldBe(_sarah.Id);
        user.Text("email").ShouldBe(_sarah.Email);
        user.Text("displayName").ShouldBe(_sarah.Name);
    }

    [Test]
    public async Task Tokens_are_not_to_be_cached()
    {
        using var response = await LoginAsync(_sarah.Email);

        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Test]
    public async Task The_address_counts_in_whatever_case_and_between_blanks()
    {
        var tokens = await LoginAsync($" {_sarah.Email.ToUpperInvariant()} ").ShouldBeAsync(HttpStatusCode.OK);

        tokens.GetProperty("user").UuidV7("id").ShouldBe(_sarah.Id);
    }

    [Test]
    public async Task The_password_counts_exactly()
    {
        await LoginAsync(_sarah.Email, $" {TestUser.Password}")
            .ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.invalid_credentials");
    }

    [TestCaseSource(nameof(InvalidFields))]
    public async Task A_field_is_refused_with_400_by_its_name_when(string field, string json)
    {
        var other = field == "email" ? "password" : "email";

        await _http.PostTextAsync(Path, $$"""{"{{field}}":{{json}},"{{other}}":"sarah@example.com"}""").ShouldBeInvalidAsync(field);
    }

    [Test]
    public async Task An_unknown_address_a_wrong_password_and_a_locked_account_are_answered_alike()
    {
        var user = await SignedInAsync();
        var unknown = await RefusalAsync(TestUser.NewEmail(), TestUser.Password);
        var wrong = await RefusalAsync(user.Email, "wrong password");

        var locked = await RefusalAsync(_locked.Email, TestUser.Password);

        wrong.ShouldBe(unknown);
        locked.ShouldBe(unknown);
    }

    [Test]
    public async Task An_unknown_address_and_a_wrong_password_take_the_same_time()
    {
        List<TimeSpan> unknown = [];
        List<TimeSpan> wrong = [];
        // The least of each: a busy machine only ever adds, and a busier one adds to more of them.
        for (var i = 0; i < 12 && (i < 3 || Ratio() is < 0.67 or > 1.5); i++)
        {
            // Another one each time, or a lock-out would begin.
            var user = await SignedInAsync();
            unknown.Add(await TimeAsync(TestUser.NewEmail()));
            wrong.Add(await TimeAsync(user.Email));
        }

        Ratio().ShouldBeInRange(0.67, 1.5);

        double Ratio() => wrong.Min() / unknown.Min();
    }

    [Test]
    public async Task A_login_forgets_the_failures_before_it()
    {
        var user = await SignedInAsync();
        for (var round = 0; round < 2; round++)
        {
            await FailAsync(user, 3);

            await LoginAsync(user.Email).ShouldBeAsync(HttpStatusCode.OK);
        }
    }

    [Test]
    public async Task A_locked_account_keeps_its_open_sign_ins()
    {
        await LoginAsync(_locked.Email).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.invalid_credentials");

        await _locked.Http.GetAsync("/api/v1/users/me").ShouldBeAsync(HttpStatusCode.OK);
    }

    [Test]
    public async Task Each_login_is_a_sign_in_of_its_own()
    {
        var user = await SignedInAsync();
        await user.SignInAsync();

        var families = await Server.InDatabaseAsync(async db =>
            (await db.TokenFamilies.ToListAsync()).Count(family => family.UserId.Value == user.Id)
        );

        families.ShouldBe(2);
    }

    /// <summary>At once, because each takes long.</summary>
    private async Task FailAsync(TestUser user, int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => LoginAsync(user.Email, "wrong password")));

    private async Task<string> RefusalAsync(string email, string password)
    {
        using var response = await LoginAsync(email, password);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var headers = response.Headers.Where(header => header.Key != "Date").OrderBy(header => header.Key);
        var body = TraceId().Replace(await response.Content.ReadAsStringAsync(), "");
        return string.Join("\n", headers.Select(header => $"{header.Key}: {string.Join(",", header.Value)}")) + body;
    }

    private async Task<TimeSpan> TimeAsync(string email)
    {
        var started = Stopwatch.GetTimestamp();
        using var response = await LoginAsync(email, "wrong password");
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        return Stopwatch.GetElapsedTime(started);
    }

    private Task<HttpResponseMessage> LoginAsync(string email, string password = TestUser.Password) =>
        _http.PostAsJsonAsync(Path, new { email, password });

    [GeneratedRegex("\"traceId\":\"[^\"]+\"")]
    private static partial Regex TraceId();
}
