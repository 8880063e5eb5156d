using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography;
using BmadServer.Integration.Tests.Support;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>Who gets a connection at all: nobody without a token that is ours, in date, and of a sign-in that still stands.</summary>
public sealed class HubTokenTests(Database database) : ChatTest(database)
{
    // Long enough for every HMAC, so that the other algorithms are refused for what they are.
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(64);

    private static readonly string[] BadTokens =
    [
        "no token",
        "garbage",
        "changed",
        "without its signature",
        "signed by another key",
        "alg none",
        "alg HS512",
        "expired",
        "not valid yet",
        "without an expiry",
        "of another issuer",
        "for another audience",
        "without a user",
        "without a sign-in",
        "of an unknown sign-in",
        "of another user's sign-in",
    ];

    protected override IReadOnlyDictionary<string, string> Settings { get; } =
        new Dictionary<string, string> { ["Jwt:SigningKey"] = Convert.ToBase64String(Key) };

    [Test]
    public async Task A_token_like_the_servers_own_is_taken()
    {
        var token = Sign();

        (await NegotiateAsync(token)).ShouldBe(HttpStatusCode.OK);
        (await OpenWebSocketAsync(token)).ShouldBe(HttpStatusCode.SwitchingProtocols);
    }

    [TestCaseSource(nameof(BadTokens))]
    public async Task A_bad_token_is_refused_when_negotiating(string kind)
    {
        (await NegotiateAsync(BadToken(kind))).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [TestCaseSource(nameof(BadTokens))]
    public async Task A_bad_token_is_refused_at_the_web_socket(string kind)
    {
        (await OpenWebSocketAsync(BadToken(kind))).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [TestCaseSource(nameof(BadTokens))]
    public async Task A_bad_token_is_refused_in_the_header_of_a_web_socket(string kind)
    {
        (await OpenWebSocketAsync(queryToken: null, headerToken: BadToken(kind))).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task The_token_of_a_sign_in_that_was_ended_is_refused()
    {
        var user = await SignedInAsync();
        (await user.Http.PostAsync("/api/v1/auth/logout", null)).EnsureSuccessStatusCode();

        (await NegotiateAsync(user.AccessToken)).ShouldBe(HttpStatusCode.Unauthorized);
        (await OpenWebSocketAsync(user.AccessToken)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task A_token_in_the_query_is_none_when_negotiating()
    {
        using var client = TestUser.Client(Server.Url);

        var response = await client.PostAsync($"/hubs/chat/negotiate?negotiateVersion=1&access_token={Sarah.AccessToken}", null);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task A_token_in_the_query_is_none_for_rest()
    {
        using var client = TestUser.Client(Server.Url);

        var response = await client.GetAsync($"/api/v1/users/me?access_token={Sarah.AccessToken}");

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [TestCase("/api/v1/users/me")]
    [TestCase("/api/v1/workflows")]
    public async Task A_token_in_the_query_is_none_for_rest_with_the_headers_of_a_web_socket_either(string path)
    {
        (await OpenWebSocketAsync(Sarah.AccessToken, path: path)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task A_token_in_the_header_is_taken_for_web_sockets_too()
    {
        (await OpenWebSocketAsync(queryToken: null, Sarah.AccessToken)).ShouldBe(HttpStatusCode.SwitchingProtocols);
    }

    [Test]
    public async Task Web_sockets_are_the_only_transport()
    {
        using var client = TestUser.Client(Server.Url);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Sarah.AccessToken);

        var negotiated = await (await client.PostAsync("/hubs/chat/negotiate?negotiateVersion=1", null)).Content.ReadAsStringAsync();

        negotiated.ShouldContain("\"WebSockets\"");
        negotiated.ShouldNotContain("ServerSentEvents");
        negotiated.ShouldNotContain("LongPolling");
    }

    [Test]
    public async Task The_connection_belongs_to_the_user_of_its_token()
    {
        var client = await RawHubClient.ConnectAsync(Server.Url, Sign());

        await client.PostAsync("By token", "1");

        var personal = await Sarah.PersonalWorkflowAsync();
        (await Sarah.MessagesAsync(personal)).Contents().ShouldContain("By token");
        await client.DisposeAsync();
    }

    private async Task<HttpStatusCode> NegotiateAsync(string? token)
    {
        using var client = TestUser.Client(Server.Url);
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return (await client.PostAsync("/hubs/chat/negotiate?negotiateVersion=1", null)).StatusCode;
    }

    private async Task<HttpStatusCode> OpenWebSocketAsync(string? queryToken, string? headerToken = null, string path = "/hubs/chat")
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (headerToken is not null)
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {headerToken}");
        }

        var address = new UriBuilder(Server.Url) { Scheme = "ws", Path = path };
        if (queryToken is not null)
        {
            address.Query = $"access_token={queryToken}";
        }

        try
        {
            await socket.ConnectAsync(address.Uri, CancellationToken.None);
        }
        catch (WebSocketException) when (socket.HttpStatusCode != 0)
        {
            // The status code says it.
        }

        return socket.HttpStatusCode;
    }

    private string? BadToken(string kind)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var good = Sarah.AccessToken;
        var parts = good.Split('.');
        return kind switch
        {
            "no token" => null,
            "garbage" => "garbage",
            "changed" => $"{parts[0]}.{Sign(change: token => token.Claims["name"] = "Somebody").Split('.')[1]}.{parts[2]}",
            "without its signature" => $"{parts[0]}.{parts[1]}.",
            "signed by another key" => Sign(RandomNumberGenerator.GetBytes(64)),
            "alg none" => $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{parts[1]}.",
            "alg HS512" => Sign(Key, SecurityAlgorithms.HmacSha512),
            "expired" => Sign(change: token => (token.NotBefore, token.Expires) = (now.AddHours(-1), now.AddMinutes(-1))),
            "not valid yet" => Sign(change: token => token.NotBefore = now.AddMinutes(5)),
            "without an expiry" => Sign(change: token => token.Expires = null),
            "of another issuer" => Sign(change: token => token.Issuer = "somebody"),
            "for another audience" => Sign(change: token => token.Audience = "somebody"),
            "without a user" => Sign(change: token => token.Claims.Remove("sub")),
            "without a sign-in" => Sign(change: token => token.Claims.Remove("sid")),
            "of an unknown sign-in" => Sign(change: token => token.Claims["sid"] = Guid.CreateVersion7().ToString()),
            "of another user's sign-in" => Sign(change: token => token.Claims["sub"] = Marco.Id.ToString()),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    /// <summary>A token of Sarah's as the server makes them, with one change.</summary>
    private string Sign(
        byte[]? key = null,
        string algorithm = SecurityAlgorithms.HmacSha256,
        Action<SecurityTokenDescriptor>? change = null
    )
    {
        var own = new JsonWebToken(Sarah.AccessToken);
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = own.Issuer,
            Audience = own.Audiences.Single(),
            IssuedAt = own.IssuedAt,
            NotBefore = own.ValidFrom,
            Expires = own.ValidTo,
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(key ?? Key), algorithm),
            Claims = new Dictionary<string, object>
            {
                ["sub"] = own.Subject,
                ["name"] = own.GetClaim("name").Value,
                ["sid"] = own.GetClaim("sid").Value,
            },
        };
        change?.Invoke(descriptor);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
    }
}
