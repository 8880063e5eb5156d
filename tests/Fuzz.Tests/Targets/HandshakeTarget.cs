using BmadServer.Fuzz.Tests.Generation;
using BmadServer.Fuzz.Tests.Oracle;
using BmadServer.Fuzz.Tests.Wire;

namespace BmadServer.Fuzz.Tests.Targets;

/// <summary>What comes in place of the hub's handshake, in good WebSocket frames. Each has a connection of its own.</summary>
internal sealed record HandshakeTarget() : Target("hub-handshake", Share: 2, BatchSize: 50, Workers: 6)
{
    private static readonly string[] Protocols = ["json", "JSON", "messagepack", "", "json\0", "xml"];

    public override async Task RunAsync(FuzzedServer server, Batch batch, Tally tally)
    {
        for (var index = batch.First; index < batch.First + batch.Count; index++)
        {
            var dice = DiceOf(batch, index);
            var message = Next(dice, server.Words);
            var bytes = new List<byte>();
            WebSocketFrame.WriteMessage(bytes, dice.Chance(80) ? WebSocketFrame.Text : WebSocketFrame.Binary, message, dice.Between(1, 3));
            if (dice.Chance(30))
            {
                WebSocketFrame.WriteMessage(bytes, WebSocketFrame.Text, new HubFrames(dice, server.Words).Next("1").Bytes, fragments: 1);
            }

            await OneConnection.RunAsync(server, batch, index, RawHub.RequestOf(server.Url, server.Sender.Token), [.. bytes], isReset: false, tally);
        }
    }

    private static byte[] Next(Dice dice, Vocabulary words)
    {
        List<(string, Action<JsonText>)> fields =
        [
            ("protocol", json => json.Text(dice.Chance(60) ? "json" : dice.Pick(Protocols))),
            ("version", json => json.Raw(dice.Chance(60) ? "1" : dice.Pick(Hostile.Numbers))),
        ];
        byte[] good = [.. new JsonText(dice, words).Object(fields, isBroken: dice.Chance(50)).ToArray(), HubFrames.EndOfFrame];
        return dice.Next(10) switch
        {
            < 5 => good,
            < 8 => Mutation.Of(dice, good, RawHub.Handshake),
            8 => dice.Bytes(dice.Between(0, 300)),
            _ => [.. good, .. good],
        };
    }
}
