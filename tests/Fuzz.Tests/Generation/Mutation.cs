using System.Text;

namespace BmadServer.Fuzz.Tests.Generation;

/// <summary>Harms bytes that were good.</summary>
internal static class Mutation
{
    private static readonly byte[][] Pieces =
    [
        [0], [0x1e], [0x1e, 0x1e], [0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xef, 0xbb, 0xbf], [0xfe, 0xff], [0xe2, 0x82],
        [0x7f], [(byte)'"'], [(byte)'\\'], [(byte)'{'], [(byte)'}'], [(byte)'['], [(byte)']'], [(byte)','], [(byte)':'],
        "null"u8.ToArray(), "\\u0000"u8.ToArray(), "\\ud800"u8.ToArray(), "\\"u8.ToArray(), "-"u8.ToArray(), "1e999"u8.ToArray(), "9223372036854775808"u8.ToArray(),
    ];

    /// <param name="other">Good too; parts of it may come in.</param>
    public static byte[] Of(Dice dice, byte[] good, byte[] other)
    {
        var bytes = new List<byte>(good);
        for (var turns = dice.Between(1, 4); turns > 0; turns--)
        {
            var at = dice.Next(bytes.Count + 1);
            var length = Math.Min(dice.Between(1, dice.Chance(80) ? 8 : 400), bytes.Count - at);
            switch (dice.Next(9))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << dice.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = (byte)dice.Next(256);
                    break;
                case 2:
                    bytes.InsertRange(at, dice.Pick(Pieces));
                    break;
                case 3:
                    bytes.InsertRange(at, dice.Bytes(dice.Between(1, 6)));
                    break;
                case 4:
                    bytes.RemoveRange(at, length);
                    break;
                case 5:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 6 when dice.Chance(30):
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 7 when other.Length > 0:
                    var from = dice.Next(other.Length);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + dice.Between(1, 60))]);
                    break;
                case 8:
                    ReplaceNumber(dice, bytes, at);
                    break;
            }
        }

        return [.. bytes];
    }

    private static void ReplaceNumber(Dice dice, List<byte> bytes, int from)
    {
        var start = bytes.FindIndex(from, value => value is >= (byte)'0' and <= (byte)'9');
        if (start >= 0)
        {
            bytes.RemoveAt(start);
            bytes.InsertRange(start, Encoding.UTF8.GetBytes(dice.Pick(Hostile.Numbers)));
        }
    }
}
