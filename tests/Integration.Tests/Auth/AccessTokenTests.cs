using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using BmadServer.Integration.Tests.Support;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BmadServer.Integration.Tests.Auth;

public sealed class AccessTokenTests(Database database) : ServerTest(database)
{
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>Long enough for the other algorithm too.</summary>
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(64);

    private TestUser _sarah = null!;

    protected override IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string> { ["Jwt:SigningKey"] = Convert.ToBase64String(_key) };

    [OneTimeSetUp]
    public async Task SignUpAsync() => _sarah = await SharedUserAsync();

    [Test]
    public async Task Who_am_I_is_answered_with_the_user()
    {
        var me = await _sarah.Http.GetAsync("/api/v1/users/me").ShouldBeAsync(HttpStatusCode.OK);

        me.ShouldHaveFields("id", "email", "displayName");
        me.UuidV7("id").ShouldBe(_sarah.Id);
        me.Text("email").ShouldBe(_sarah.Email);
        me.Text("displayName").ShouldBe("Sarah");
    }

    [TestCase("GET", "/api/v1/users/me")]
    [TestCase("GET", "/api/v1/sessions")]
    [TestCase("GET", "/api/v1/sessions/x")]
    [TestCase("POST", "/api/v1/sessions/x/extend")]
    [TestCase("DELETE", "/api/v1/sessions/x")]
    [TestCase("POST", "/api/v1/workflows")]
    [TestCase("GET", "/api/v1/workflows")]
    [TestCase("GET", "/api/v1/workflows/x")]
    [TestCase("PATCH", "/api/v1/workflows/x")]
    [TestCase("POST", "/api/v1/workflows/x/participants")]
    [TestCase("DELETE", "/api/v1/workflows/x/participants/y")]
    [TestCase("GET", "/api/v1/workflows/x/messages")]
    [TestCase("GET", "/api/v1/workflows/x/events")]
    [TestCase("PUT", "/api/v1/workflows/x/read")]
    [TestCase("POST", "/hubs/chat/negotiate")]
    public async Task Without_a_token_nothing_is_answered_but_401(string method, string path)
    {
        using var http = TestUser.Client(Server.Url);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        await http.SendAsync(request).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.required");
    }

    [Test]
    public async Task A_token_that_is_made_as_the_server_makes_them_is_taken()
    {
        // Otherwise the tests below would be refused for another reason than theirs.
        await AskAsync(Make(_ => { })).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_token_signed_with_another_key_is_refused()
    {
        var foreign = new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32));

        await ShouldBeRefusedAsync(
            Make(token => token.SigningCredentials = new SigningCredentials(foreign, SecurityAlgorithms.HmacSha256))
        );
    }

    [Test]
    public async Task A_token_without_a_signature_is_refused() =>
        await ShouldBeRefusedAsync(Make(token => token.SigningCredentials = null));

    [Test]
    public async Task A_token_whose_signature_was_cut_off_is_refused() =>
        await ShouldBeRefusedAsync(_sarah.AccessToken[..(_sarah.AccessToken.LastIndexOf('.') + 1)]);

    [Test]
    public async Task A_token_signed_by_another_algorithm_is_refused() =>
        await ShouldBeRefusedAsync(
            Make(token => token.SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(_key), SecurityAlgorithms.HmacSha512))
        );

    [Test]
    public async Task A_token_whose_contents_were_changed_is_refused()
    {
        var parts = _sarah.AccessToken.Split('.');
        var changed = Base64UrlEncoder.Decode(parts[1]).Replace("Sarah", "Marco");

        await ShouldBeRefusedAsync($"{parts[0]}.{Base64UrlEncoder.Encode(changed)}.{parts[2]}");
    }

    [Test]
    public async Task A_token_for_another_audience_is_refused() =>
        await ShouldBeRefusedAsync(Make(token => token.Audience = "another"));

    [Test]
    public async Task A_token_of_another_issuer_is_refused() =>
        await ShouldBeRefusedAsync(Make(token => token.Issuer = "another"));

    [Test]
    public async Task A_token_that_is_out_of_date_is_refused() =>
        await ShouldBeRefusedAsync(Make(token => token.Expires = token.IssuedAt!.Value.AddMinutes(-1)));

    [Test]
    public async Task A_token_that_is_not_valid_yet_is_refused() =>
        await ShouldBeRefusedAsync(Make(token => token.NotBefore = token.IssuedAt!.Value.AddMinutes(1)));

    [Test]
    public async Task A_token_that_never_expires_is_refused() => await ShouldBeRefusedAsync(Make(token => token.Expires = null));

    [Test]
    public async Task A_token_that_names_another_user_than_its_sign_in_is_refused() =>
        await ShouldBeRefusedAsync(Make(token => token.Claims["sub"] = NewId()));

    [Test]
    public async Task A_token_of_a_sign_in_that_never_was_is_refused() =>
        await ShouldBeRefusedAsync(Make(token => token.Claims["sid"] = NewId()));

    [Test]
    public async Task A_token_without_a_sign_in_is_refused() => await ShouldBeRefusedAsync(Make(token => token.Claims.Remove("sid")));

    [TestCase("")]
    [TestCase("garbage")]
    [TestCase("a.b.c")]
    public async Task What_is_no_token_is_refused(string text) => await ShouldBeRefusedAsync(text);

    [Test]
    public async Task A_token_in_the_query_counts_for_nothing_in_REST()
    {
        using var http = TestUser.Client(Server.Url);

        await http
            .GetAsync($"/api/v1/users/me?access_token={_sarah.AccessToken}")
            .ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.required");
    }

    [Test]
    public async Task A_refusal_says_how_to_authenticate()
    {
        using var http = TestUser.Client(Server.Url);

        using var response = await http.GetAsync("/api/v1/users/me");

        response.Headers.WwwAuthenticate.ShouldHaveSingleItem().Scheme.ShouldBe("Bearer");
    }

    private static string NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString();

    private async Task ShouldBeRefusedAsync(string token) =>
        await AskAsync(token).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.required");

    private async Task<HttpResponseMessage> AskAsync(string token)
    {
        using var http = TestUser.Client(Server.Url);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.GetAsync("/api/v1/users/me");
    }

    /// <summary>Sarah's token made anew with the server's own key, but for one thing.</summary>
    private string Make(Action<SecurityTokenDescriptor> change)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = "bmadserver",
            Audience = "bmadserver",
            IssuedAt = now,
            NotBefore = now,
            Expires = now.AddMinutes(15),
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(_key), SecurityAlgorithms.HmacSha256),
            Claims = new Dictionary<string, object>
            {
                ["sub"] = _sarah.Id.ToString(),
                ["name"] = "Sarah",
                ["sid"] = Handler.ReadJsonWebToken(_sarah.AccessToken).GetClaim("sid").Value,
            },
        };
        change(descriptor);
        return Handler.CreateToken(descriptor);
    }
}
