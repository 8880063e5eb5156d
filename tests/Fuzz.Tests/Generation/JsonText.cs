using System.Buffers;
using System.Globalization;
using System.Text;

namespace BmadServer.Fuzz.Tests.Generation;

/// <summary>Writes JSON as a serializer never would, and what is not quite JSON. Bytes, because not everything is text.</summary>
internal sealed class JsonText(Dice dice, Vocabulary words)
{
    private const int DeepestUsual = 4;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public JsonText Raw(string text)
    {
        _bytes.Write(Encoding.UTF8.GetBytes(text));
        return this;
    }

    public JsonText Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>A string that says exactly this. Half of a surrogate pair can only be written as an escape.</summary>
    public JsonText Text(string text)
    {
        var escapesAll = dice.Chance(10);
        var json = new StringBuilder(text.Length + 2).Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            var isPair = char.IsHighSurrogate(letter) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (isPair && !escapesAll)
            {
                json.Append(letter).Append(text[++i]);
            }
            else if (escapesAll || letter is < ' ' or '"' or '\\' || char.IsSurrogate(letter))
            {
                json.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            }
            else
            {
                json.Append(letter);
            }
        }

        return Raw(json.Append('"').ToString());
    }

    /// <summary>Any value at all.</summary>
    public JsonText Value(int depth = 0)
    {
        var kind = dice.Next(100);
        return kind switch
        {
            < 30 => Text(Hostile.Text(dice)),
            < 45 => Raw(dice.Pick(Hostile.Numbers)),
            < 55 => Raw(dice.Pick(Words)),
            < 65 => Text(words.Id(dice).ToString()),
            < 70 => Text(Hostile.Id(dice)),
            < 74 => Text(dice.Pick(words.Emails)),
            < 76 => Text(dice.Pick(words.Tokens)),
            < 80 => Raw([(byte)'"', .. dice.Bytes(dice.Between(1, 8)), (byte)'"']),
            < 82 => Nested(),
            _ when depth >= DeepestUsual => Raw("null"),
            < 92 => Object(depth),
            _ => Array(depth),
        };
    }

    /// <summary>
    /// An object of these fields, in any order, each written by itself; with <paramref name="isBroken"/> some are missing, doubled,
    /// of another type, misnamed or not alone.
    /// </summary>
    public JsonText Object(IReadOnlyList<(string Name, Action<JsonText> Write)> fields, bool isBroken)
    {
        Raw("{");
        var rest = fields.ToList();
        var isFirst = true;
        while (rest.Count > 0)
        {
            var at = dice.Next(rest.Count);
            var (name, write) = rest[at];
            var harm = isBroken ? dice.Next(12) : 12;
            if (harm != 0)
            {
                rest.RemoveAt(at);
            }

            if (harm == 1)
            {
                continue;
            }

            if (!isFirst)
            {
                Raw(harm == 2 ? ",," : ",");
            }

            isFirst = false;
            switch (harm)
            {
                case 3:
                    Name(Hostile.Text(dice)).Value(depth: 2);
                    break;
                case 4:
                    Name(name.ToUpperInvariant());
                    write(this);
                    break;
                case 5:
                    Raw(name + ":");
                    write(this);
                    break;
                case < 9:
                    Name(name).Value(depth: 2);
                    break;
                default:
                    Name(name);
                    write(this);
                    break;
            }
        }

        return Raw(isBroken && dice.Chance(5) ? dice.Pick(OddEnds) : "}");
    }

    private static readonly string[] Words = ["null", "true", "false", "null", "True", "undefined", "nul", "\"", "//", "/**/1"];

    private static readonly string[] OddEnds = ["", ",}", "}}", "]", "} ", "}\0", "/* */}", "}{}"];

    private JsonText Name(string name) => Text(name).Raw(dice.Chance(5) ? " : " : ":");

    private JsonText Object(int depth)
    {
        var fields = Enumerable
            .Range(0, dice.Next(4))
            .Select(_ => (Hostile.Text(dice), (Action<JsonText>)(json => json.Value(depth + 1))))
            .ToArray();
        return Object(fields, isBroken: dice.Chance(30));
    }

    private JsonText Array(int depth)
    {
        Raw("[");
        for (var i = dice.Next(4); i > 0; i--)
        {
            Value(depth + 1).Raw(i > 1 ? "," : "");
        }

        return Raw(dice.Chance(5) ? "" : "]");
    }

    /// <summary>Deeper than any reader should follow.</summary>
    private JsonText Nested()
    {
        var depth = dice.Chance(10) ? dice.Between(1_000, 20_000) : dice.Between(5, 130);
        var (open, close) = dice.Chance(50) ? ("[", "]") : ("{\"a\":", "}");
        var isClosed = dice.Chance(70);
        return Raw(string.Concat(Enumerable.Repeat(open, depth)))
            .Raw("1")
            .Raw(isClosed ? string.Concat(Enumerable.Repeat(close, depth)) : "");
    }
}
