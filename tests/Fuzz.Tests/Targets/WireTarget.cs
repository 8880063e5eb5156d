using BmadServer.Fuzz.Tests.Generation;
using BmadServer.Fuzz.Tests.Oracle;
using BmadServer.Fuzz.Tests.Wire;

namespace BmadServer.Fuzz.Tests.Targets;

/// <summary>Bytes that are no good WebSocket frames, before and after the hub's handshake. Each has a connection of its own.</summary>
internal sealed record WireTarget() : Target("hub-wire", Share: 2, BatchSize: 50, Workers: 6)
{
    /// <summary>Reserved ones too.</summary>
    private static readonly ulong[] SaidLengths = [0, 1, 125, 126, 127, 65_535, 65_536, 1 << 20, int.MaxValue, 1UL << 62, 1UL << 63, ulong.MaxValue];

    public override async Task RunAsync(FuzzedServer server, Batch batch, Tally tally)
    {
        for (var index = batch.First; index < batch.First + batch.Count; index++)
        {
            var dice = DiceOf(batch, index);
            var bytes = new List<byte>();
            if (dice.Chance(70))
            {
                WebSocketFrame.WriteMessage(bytes, WebSocketFrame.Text, RawHub.Handshake, fragments: 1);
            }

            for (var i = dice.Between(1, 4); i > 0; i--)
            {
                Write(dice, server.Words, bytes);
            }

            await OneConnection.RunAsync(server, batch, index, RawHub.RequestOf(server.Url, server.Sender.Token), [.. bytes], dice.Chance(15), tally);
        }
    }

    private static void Write(Dice dice, Vocabulary words, List<byte> output)
    {
        var good = new HubFrames(dice, words).Next("1").Bytes;
        switch (dice.Next(8))
        {
            case 0:
                WebSocketFrame.Write(output, dice.Next(256), good, isMasked: dice.Chance(80));
                break;
            case 1:
                WebSocketFrame.Write(output, 0x80 | WebSocketFrame.Text, good, isMasked: dice.Chance(80), dice.Pick(SaidLengths));
                break;
            case 2:
                // Control frames: too long, in fragments, with any code.
                WebSocketFrame.Write(output, dice.Pick([0x88, 0x08, 0x89, 0x09, 0x8a, 0x0a]), dice.Bytes(dice.Pick([0, 1, 2, 3, 125, 126, 300])));
                break;
            case 3:
                WebSocketFrame.WriteMessage(output, WebSocketFrame.Text, dice.Bytes(dice.Between(1, 64)), dice.Between(1, 4));
                break;
            case 4:
                WebSocketFrame.Write(output, dice.Pick([0x00, 0x80, 0x01, 0x02]), good);
                break;
            case 5:
                var frame = new List<byte>();
                WebSocketFrame.WriteMessage(frame, WebSocketFrame.Text, good, dice.Between(1, 3));
                output.AddRange(Mutation.Of(dice, [.. frame], good));
                break;
            case 6:
                WebSocketFrame.WriteMessage(output, WebSocketFrame.Binary, good, dice.Between(1, 20));
                break;
            default:
                output.AddRange(dice.Bytes(dice.Between(1, 400)));
                break;
        }
    }
}
