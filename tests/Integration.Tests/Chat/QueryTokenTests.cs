using System.Net;
using System.Net.WebSockets;
using System.Text;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>A browser cannot set a header on a WebSocket: its access token comes in the query.</summary>
public sealed class QueryTokenTests(Database database) : ServerTest(database)
{
    [Test]
    public async Task A_WebSocket_with_the_access_token_in_the_query_gets_its_session()
    {
        var user = await SignedInAsync();
        using var socket = new ClientWebSocket();
        var address = new UriBuilder(new Uri(Server.Url, $"/hubs/chat?access_token={user.AccessToken}")) { Scheme = "ws" }.Uri;
        await socket.ConnectAsync(address, CancellationToken.None);
        await socket.SendAsync(
            Encoding.UTF8.GetBytes("{\"protocol\":\"json\",\"version\":1}\u001e"),
            WebSocketMessageType.Text,
            endOfMessage: true,
            CancellationToken.None
        );

        var received = "";
        var buffer = new byte[4096];
        while (!received.Contains("SessionStarted", StringComparison.Ordinal))
        {
            var count = (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)).Count;
            count.ShouldBePositive();
            received += Encoding.UTF8.GetString(buffer, 0, count);
        }
    }

    [Test]
    public async Task For_REST_an_access_token_in_the_query_counts_for_nothing()
    {
        var user = await SignedInAsync();
        using var http = TestUser.Client(Server.Url);

        var response = await http.GetAsync($"/api/v1/users/me?access_token={user.AccessToken}");

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
