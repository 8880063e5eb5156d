using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using BmadServer.Integration.Tests.Chat;
using BmadServer.Integration.Tests.Support;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BmadServer.Integration.Tests.Hosting;

/// <summary>How much of a request the server takes, how slowly, and from how many at once. No database is asked, so one is enough.</summary>
public sealed class RequestLimitTests
{
    private const int MostConnections = 8;

    /// <summary>Longer than the longest time-out; only a test that fails waits for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private TestServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await TestServer.StartAsync(Database.Sqlite);

    [OneTimeTearDown]
    public Task StopAsync() => _server.DisposeAsync().AsTask();

    [TestCase(7 * 1024, 404)]
    [TestCase(9 * 1024, 414)]
    public async Task A_request_line_is_taken_up_to_8_KiB(int length, int status)
    {
        using var http = TestUser.Client(_server.Url);

        using var answer = await http.GetAsync("/api/" + new string('a', length));

        ((int)answer.StatusCode).ShouldBe(status);
    }

    [TestCase(15 * 1024, 404)]
    [TestCase(17 * 1024, 431)]
    public async Task Headers_are_taken_up_to_16_KiB(int length, int status)
    {
        using var http = TestUser.Client(_server.Url);
        http.DefaultRequestHeaders.Add("X-Long", new string('a', length));

        using var answer = await http.GetAsync("/api/nothing");

        ((int)answer.StatusCode).ShouldBe(status);
    }

    [TestCase(60, 404)]
    [TestCase(65, 431)]
    public async Task As_many_as_64_headers_are_taken(int count, int status)
    {
        using var http = TestUser.Client(_server.Url);
        for (var i = 0; i < count; i++)
        {
            http.DefaultRequestHeaders.Add($"X-{i}", "a");
        }

        using var answer = await http.GetAsync("/api/nothing");

        ((int)answer.StatusCode).ShouldBe(status);
    }

    [TestCase("POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\n", TestName = "Headers_that_never_end_are_given_up_on")]
    [TestCase(
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
        TestName = "A_body_that_does_not_come_is_given_up_on"
    )]
    public async Task A_request_that_does_not_go_on_is_given_up_on(string begun)
    {
        using var client = await ConnectAsync(_server);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(begun));
        using var patience = new CancellationTokenSource(Patience);

        using var reader = new StreamReader(client.GetStream());
        var answer = await reader.ReadToEndAsync(patience.Token);

        answer.ShouldStartWith("HTTP/1.1 408 ");
    }

    [Test]
    public async Task A_WebSocket_on_which_nobody_speaks_the_hubs_protocol_is_closed()
    {
        _server.Services.GetRequiredService<IOptions<HubOptions>>().Value.HandshakeTimeout.ShouldBe(TimeSpan.FromSeconds(15));
        await using var server = await TestServer.StartAsync(
            Database.Sqlite,
            configure: builder => builder.Services.PostConfigure<HubOptions>(options => options.HandshakeTimeout = TimeSpan.FromMilliseconds(200))
        );
        await using var sarah = await TestUser.SignUpAsync(server.Url, "Sarah");
        using var silent = new ClientWebSocket();
        using var patience = new CancellationTokenSource(Patience);
        await silent.ConnectAsync(RawHubClient.AddressOf(server.Url, sarah.AccessToken), patience.Token);

        var received = WebSocketMessageType.Text;
        while (received != WebSocketMessageType.Close)
        {
            received = (await silent.ReceiveAsync(new byte[1024], patience.Token)).MessageType;
        }

        silent.CloseStatus.ShouldNotBeNull();
    }

    [Test]
    public async Task No_more_connections_are_kept_than_the_operator_wants_and_WebSockets_are_not_among_them()
    {
        await using var server = await TestServer.StartAsync(
            Database.Sqlite,
            new Dictionary<string, string> { ["Limits:HttpConnections"] = $"{MostConnections}" }
        );
        await using var sarah = await TestUser.SignUpAsync(server.Url, "Sarah");
        var opened = new List<IDisposable>();
        for (var i = 0; i < 2 * MostConnections; i++)
        {
            var hub = await sarah.Http.OpenHubAsync(sarah.AccessToken);
            hub.StatusCode.ShouldBe(HttpStatusCode.SwitchingProtocols);
            opened.Add(hub);
        }

        var clients = await Task.WhenAll(Enumerable.Range(0, MostConnections + 1).Select(_ => ConnectAsync(server)));
        opened.AddRange(clients);
        var ended = clients.Select(EndOfAsync).ToArray();

        await Task.WhenAny(ended).WaitAsync(Patience);

        ended.Count(each => each.IsCompleted).ShouldBe(1);
        opened.ForEach(each => each.Dispose());
        await Task.WhenAll(ended).WaitAsync(Patience);
        await Eventually.ShouldBeTrueAsync(() => AnswersAsync(server), "there is room again");
    }

    private static async Task<TcpClient> ConnectAsync(TestServer server)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.Url.Host, server.Url.Port);
        return client;
    }

    /// <summary>Completes when the server, or the test, closes it.</summary>
    private static async Task EndOfAsync(TcpClient client)
    {
        try
        {
            await client.Client.ReceiveAsync(new byte[1]);
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // Closed in a less polite way.
        }
    }

    private static async Task<bool> AnswersAsync(TestServer server)
    {
        try
        {
            using var http = TestUser.Client(server.Url);
            using var answer = await http.GetAsync("/health/live");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
