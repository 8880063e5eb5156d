using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BmadServer.Integration.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Integration.Tests.Auth;

public sealed class RegisterTests(Database database) : ServerTest(database)
{
    private const string Path = "/api/v1/auth/register";

    private HttpClient _http = null!;

    private static IEnumerable<TestCaseData> InvalidFields()
    {
        foreach (var field in new[] { "email", "password", "displayName" })
        {
            yield return Case("is_missing", field, null);
            yield return Case("is_null", field, "null");
            yield return Case("is_a_number", field, "5");
            yield return Case("is_a_boolean", field, "true");
            yield return Case("is_an_array", field, "[\"sarah@example.com\"]");
            yield return Case("is_an_object", field, "{\"value\":\"sarah@example.com\"}");
            yield return Case("is_empty", field, "\"\"");
            yield return Case("is_white_space", field, "\" \\t \\u00a0     \"");
            yield return Case("holds_U+0000", field, "\"sarah\\u0000@example.com\"");
            yield return Case("holds_half_a_surrogate_pair", field, "\"sarah\\ud800@example.com\"");
        }

        yield return Case("is_no_address", "email", "\"sarah\"");
        yield return Case("has_nothing_before_the_at", "email", "\"@example.com\"");
        yield return Case("has_nothing_after_the_at", "email", "\"sarah@\"");
        yield return Case("is_an_at_between_blanks", "email", "\" @ \"");
        yield return Case("is_too_long", "email", $"\"{new string('a', 243)}@example.com\"");
        yield return Case("is_too_short", "password", "\"1234567\"");
        yield return Case("is_too_long", "password", $"\"{new string('p', 129)}\"");
        yield return Case("is_a_common_one", "password", "\"Password123\"");
        yield return Case("is_the_display_name", "password", "\"SarahSarah1\"");
        yield return Case("is_too_long", "displayName", $"\"{new string('n', 101)}\"");
    }

    [OneTimeSetUp]
    public void OpenClient() => _http = TestUser.Client(Server.Url);

    [OneTimeTearDown]
    public void CloseClient() => _http.Dispose();

    [Test]
    public async Task An_account_is_answered_with_201_and_its_fields()
    {
        var email = TestUser.NewEmail();

        var user = await RegisterAsync(email, displayName: "Sarah").ShouldBeAsync(HttpStatusCode.Created);

        user.ShouldHaveFields("id", "email", "displayName", "createdAt");
        user.UuidV7("id");
        user.Text("email").ShouldBe(email);
        user.Text("displayName").ShouldBe("Sarah");
        user.UtcTime("createdAt").ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
    }

    [Test]
    public async Task The_location_of_a_new_account_can_be_read()
    {
        var user = Using(await TestUser.SignUpAsync(Server.Url, "Sarah"));
        using var registered = await RegisterAsync(TestUser.NewEmail());

        var me = await user.Http.GetAsync(registered.Headers.Location).ShouldBeAsync(HttpStatusCode.OK);

        me.Text("email").ShouldBe(user.Email);
    }

    [Test]
    public async Task An_account_comes_with_a_personal_workflow()
    {
        var user = await SignedInAsync();

        var page = await user.Http.GetAsync("/api/v1/workflows").ShouldBeAsync(HttpStatusCode.OK);

        var personal = page.Items("workflows").ShouldHaveSingleItem();
        personal.GetProperty("personal").GetBoolean().ShouldBeTrue();
        personal.Text("role").ShouldBe("owner");
    }

    [Test]
    public async Task Blanks_around_an_address_and_a_name_do_not_count()
    {
        var email = TestUser.NewEmail();

        var user = await RegisterAsync($"  {email} ", displayName: " Sarah\t").ShouldBeAsync(HttpStatusCode.Created);

        user.Text("email").ShouldBe(email);
        user.Text("displayName").ShouldBe("Sarah");
    }

    [Test]
    public async Task The_longest_values_are_taken_as_they_are()
    {
        var email = $"{new string('a', 242)}@example.com";
        var name = string.Concat(Enumerable.Repeat("🦊", 50));
        var password = string.Concat(Enumerable.Range(0, 128).Select(i => char.ConvertFromUtf32(0x1F400 + i)));

        var user = await RegisterAsync(email, password, name).ShouldBeAsync(HttpStatusCode.Created);

        user.Text("email").ShouldBe(email);
        user.Text("displayName").ShouldBe(name);
        var login = await _http.PostAsJsonAsync("/api/v1/auth/login", new { email, password }).ShouldBeAsync(HttpStatusCode.OK);
        login.GetProperty("user").Text("displayName").ShouldBe(name);
    }

    [TestCaseSource(nameof(InvalidFields))]
    public async Task A_field_is_refused_with_400_by_its_name_when_it(string field, string? json)
    {
        var fields = new Dictionary<string, string?>
        {
            ["email"] = $"\"{TestUser.NewEmail()}\"",
            ["password"] = $"\"{TestUser.Password}\"",
            ["displayName"] = "\"Sarah\"",
        };
        fields[field] = json;
        var body = string.Join(",", fields.Where(pair => pair.Value is not null).Select(pair => $"\"{pair.Key}\":{pair.Value}"));

        await _http.PostTextAsync(Path, $"{{{body}}}").ShouldBeInvalidAsync(field);
    }

    [Test]
    public async Task Every_field_that_is_wrong_is_named()
    {
        var problem = await _http
            .PostTextAsync(Path, """{"email":"sarah","password":"short","displayName":""}""")
            .ShouldBeRefusedAsync(HttpStatusCode.BadRequest, "validation.failed");

        problem.GetProperty("errors").ShouldHaveFields("email", "password", "displayName");
    }

    [TestCase("")]
    [TestCase("email=sarah")]
    [TestCase("{")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("\"sarah@example.com\"")]
    public async Task A_body_that_is_no_JSON_object_is_refused_with_400(string body) =>
        await _http.PostTextAsync(Path, body).ShouldBeRefusedAsync(HttpStatusCode.BadRequest, "request.malformed");

    [Test]
    public async Task A_body_that_is_not_UTF_8_is_refused_with_400()
    {
        using var body = new ByteArrayContent([.. "{\"email\":\""u8, 0xff, 0xfe, .. "\"}"u8]);
        body.Headers.ContentType = new("application/json");

        using var response = await _http.PostAsync(Path, body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Test]
    public async Task A_form_is_refused_with_415()
    {
        using var form = new FormUrlEncodedContent([new("email", TestUser.NewEmail())]);

        await _http.PostAsync(Path, form).ShouldBeRefusedAsync(HttpStatusCode.UnsupportedMediaType, "request.unsupported_media_type");
    }

    [TestCase("nonsense")]
    [TestCase("utf-7")]
    public async Task A_character_set_that_nobody_knows_is_refused(string charset)
    {
        using var body = new StringContent("{}");
        body.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/json", charset);

        await _http.PostAsync(Path, body).ShouldBeRefusedAsync(HttpStatusCode.UnsupportedMediaType, "request.unsupported_media_type");
    }

    [Test]
    public async Task A_taken_address_is_refused_with_409_in_whatever_case()
    {
        var email = TestUser.NewEmail();
        await RegisterAsync(email).ShouldBeAsync(HttpStatusCode.Created);

        await RegisterAsync(email.ToUpperInvariant()).ShouldBeRefusedAsync(HttpStatusCode.Conflict, "user.exists");
    }

    [Test]
    public async Task Of_simultaneous_registrations_of_one_address_exactly_one_makes_an_account()
    {
        var email = TestUser.NewEmail();
        string[] spellings = [email, email.ToUpperInvariant(), email, $"U{email[1..]}"];

        var answers = await Task.WhenAll(spellings.Select(spelling => RegisterAsync(spelling)));

        answers
            .Select(answer => answer.StatusCode)
            .ShouldBe(
                [HttpStatusCode.Created, HttpStatusCode.Conflict, HttpStatusCode.Conflict, HttpStatusCode.Conflict],
                ignoreOrder: true
            );
        var normalized = email.ToUpperInvariant();
        var stored = await Server.InDatabaseAsync(db => db.Users.CountAsync(user => user.NormalizedEmail == normalized));
        stored.ShouldBe(1);
    }

    [Test]
    public async Task A_password_is_stored_only_as_a_slow_salted_hash()
    {
        var (first, second) = (await SignedInAsync(), await SignedInAsync());

        var hashes = await Server.InDatabaseAsync(db =>
            db.Users.Where(user => user.Id == first.Id || user.Id == second.Id).Select(user => user.PasswordHash!).ToListAsync()
        );

        hashes.Distinct().Count().ShouldBe(2);
        hashes.ShouldAllBe(hash => Iterations(hash) >= 210_000);
    }

    /// <summary>Identity's format 3: a marker, the function, and then the number of iterations, as four bytes each.</summary>
    private static uint Iterations(string hash) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(Convert.FromBase64String(hash).AsSpan(5, 4));

    private static TestCaseData Case(string name, string field, string? json) =>
        new TestCaseData(field, json).SetArgDisplayNames($"{field}_{name}");

    private Task<HttpResponseMessage> RegisterAsync(
        string email,
        string password = TestUser.Password,
        string displayName = "Sarah"
    ) =>
        _http.PostAsJsonAsync(
            Path,
            new
            {
                email,
                password,
                displayName,
            }
        );
}
