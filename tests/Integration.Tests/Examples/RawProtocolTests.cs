using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Examples;

/// <summary>The frames that docs/hub.md shows, sent over a bare WebSocket.</summary>
public sealed partial class RawProtocolTests(Database database) : ServerTest(database)
{
    private const char End = '\u001e';

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Test]
    public async Task The_server_answers_the_documented_frames_with_the_documented_frames()
    {
        var user = await SignedInAsync();
        using var patience = new CancellationTokenSource(Patience);
        using var socket = new ClientWebSocket();
        var address = new UriBuilder(new Uri(Server.Url, $"/hubs/chat?access_token={user.AccessToken}")) { Scheme = "ws" }.Uri;
        await socket.ConnectAsync(address, patience.Token);
        var received = new Queue<string>();

        var lines = Frames().Match(Repository.Read("docs", "hub.md").ReplaceLineEndings("\n")).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBeGreaterThan(8);
        foreach (var line in lines)
        {
            var frame = line[2..].TrimEnd('␞');
            if (line[0] == '→')
            {
                await socket.SendAsync(Encoding.UTF8.GetBytes(frame + End), WebSocketMessageType.Text, endOfMessage: true, patience.Token);
            }
            else
            {
                ShapeOf(await NextAsync(socket, received, patience.Token)).ShouldBe(ShapeOf(frame));
            }
        }
    }

    private static async Task<string> NextAsync(ClientWebSocket socket, Queue<string> received, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (received.Count == 0)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            text.Append(Encoding.UTF8.GetString(buffer, 0, part.Count));
            if (text.Length > 0 && text[^1] == End)
            {
                foreach (var frame in text.ToString().Split(End, StringSplitOptions.RemoveEmptyEntries).Where(frame => frame != "{\"type\":6}"))
                {
                    received.Enqueue(frame);
                }

                text.Clear();
            }
        }

        return received.Dequeue();
    }

    /// <summary>The frame with ids and times taken out.</summary>
    private static string ShapeOf(string frame) =>
        Moment().Replace(Id().Replace(JsonSerializer.Serialize(JsonElement.Parse(frame)), "id"), "time");

    [GeneratedRegex(@"^```text\n(→.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Frames();

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Id();

    [GeneratedRegex(@"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")]
    private static partial Regex Moment();
}
