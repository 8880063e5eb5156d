using System.Text;
using BmadServer.Fuzz.Tests.Generation;
using BmadServer.Fuzz.Tests.Oracle;
using BmadServer.Fuzz.Tests.Wire;

namespace BmadServer.Fuzz.Tests.Targets;

/// <summary>The request that opens a connection: session, token, headers. Each is good but for a few things.</summary>
internal sealed record ConnectTarget() : Target("hub-connect", Share: 2, BatchSize: 50, Workers: 6)
{
    public override async Task RunAsync(FuzzedServer server, Batch batch, Tally tally)
    {
        for (var index = batch.First; index < batch.First + batch.Count; index++)
        {
            var dice = DiceOf(batch, index);
            var bytes = new List<byte>();
            WebSocketFrame.WriteMessage(bytes, WebSocketFrame.Text, RawHub.Handshake, fragments: 1);
            await OneConnection.RunAsync(server, batch, index, Next(dice, server), [.. bytes], isReset: false, tally);
        }
    }

    private static byte[] Next(Dice dice, FuzzedServer server)
    {
        var words = server.Words;
        var query = new List<string>();
        for (var i = dice.Next(3); i > 0; i--)
        {
            query.Add("session=" + Encoded(dice, dice.Chance(40) ? Vocabulary.One(dice, words.Sessions).ToString() : Id(dice)));
        }

        if (dice.Chance(20))
        {
            query.Add(dice.Pick(["access_token", "id", "transport", "ACCESS_TOKEN", "session[]", ""]) + "=" + Encoded(dice, Token(dice, server)));
        }

        List<(string Name, string Value)> headers =
        [
            ("Host", server.Url.Authority),
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="),
            ("Authorization", "Bearer " + (dice.Chance(80) ? server.Sender.Token : Token(dice, server))),
            ("User-Agent", OneLine(dice.Chance(40) ? Hostile.Text(dice) : "fuzz")),
        ];
        for (var i = dice.Chance(50) ? 0 : dice.Between(1, 2); i > 0; i--)
        {
            var at = dice.Next(headers.Count);
            switch (dice.Next(4))
            {
                case 0:
                    headers.RemoveAt(at);
                    break;
                case 1:
                    headers.Add(headers[at]);
                    break;
                case 2:
                    headers[at] = (headers[at].Name, OneLine(Hostile.Text(dice)));
                    break;
                default:
                    headers.Add((dice.Pick(["Origin", "Cookie", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol", "X-Forwarded-For"]), OneLine(Hostile.Text(dice))));
                    break;
            }
        }

        var lines = headers.Select(header => $"{header.Name}: {header.Value}\r\n");
        return Encoding.UTF8.GetBytes($"GET /hubs/chat?{string.Join('&', query)} HTTP/1.1\r\n{string.Concat(lines)}\r\n");
    }

    private static string Id(Dice dice) => dice.Chance(50) ? Hostile.Id(dice) : Hostile.Text(dice);

    private static string Token(Dice dice, FuzzedServer server)
    {
        var good = Encoding.ASCII.GetBytes(dice.Pick(server.Words.Tokens));
        return dice.Chance(50) ? OneLine(Encoding.Latin1.GetString(Mutation.Of(dice, good, good))) : OneLine(Hostile.Text(dice));
    }

    private static string Encoded(Dice dice, string text) => dice.Chance(90) ? Uri.EscapeDataString(text) : OneLine(text).Replace(' ', '+');

    /// <summary>A line break would end the header, and two of them the request.</summary>
    private static string OneLine(string text) => text.ReplaceLineEndings("").Replace("\0", "", StringComparison.Ordinal);
}
