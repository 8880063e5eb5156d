using System.Net;
using System.Net.WebSockets;
using System.Text;
using BmadServer.Integration.Tests.Support;
using Microsoft.AspNetCore.SignalR.Client;

namespace BmadServer.Integration.Tests.Sessions;

/// <summary>What a session's user sees of the device: its User-Agent, cut where it is long.</summary>
public sealed class DeviceTests(Database database) : ServerTest(database)
{
    private static readonly string Long = new('x', 199);

    [TestCase("Phone", "Phone")]
    [TestCase("{long}yz", "{long}y")]
    [TestCase("{long}😀", "{long}")]
    [TestCase("{long}", "{long}")]
    public async Task A_long_name_is_cut_between_characters(string sent, string shown)
    {
        var user = await SignedInAsync();
        await using var connection = new HubConnectionBuilder()
            .WithUrl(
                new Uri(Server.Url, "/hubs/chat"),
                options =>
                {
                    options.AccessTokenProvider = () => Task.FromResult<string?>(user.AccessToken);
                    options.WebSocketFactory = (context, token) => OpenAsync(context.Uri, user.AccessToken, sent.Replace("{long}", Long), token);
                }
            )
            .Build();
        var opened = new TaskCompletionSource();
        connection.On<object>("SessionStarted", _ => opened.TrySetResult());
        await connection.StartAsync();
        await opened.Task.WaitAsync(TimeSpan.FromSeconds(20));

        var sessions = await user.Http.GetAsync("/api/v1/sessions").ShouldBeAsync(HttpStatusCode.OK);

        sessions.Items("sessions").Select(session => session.Text("device")).ShouldBe([shown.Replace("{long}", Long)]);
    }

    private static async ValueTask<WebSocket> OpenAsync(Uri address, string token, string agent, CancellationToken cancellationToken)
    {
        using var http = new HttpMessageInvoker(
            new AgentHandler(agent) { InnerHandler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 } }
        );
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        await socket.ConnectAsync(address, http, cancellationToken);
        return socket;
    }

    /// <summary>ClientWebSocket itself takes ASCII only.</summary>
    private sealed class AgentHandler(string agent) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.TryAddWithoutValidation("User-Agent", agent);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
