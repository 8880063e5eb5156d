namespace BmadServer.Fuzz.Tests.Generation;

/// <summary>Values that have broken programs before.</summary>
internal static class Hostile
{
    /// <summary>As JSON writes them, or should not.</summary>
    public static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "1.0", "1e0", "1.5", "-1e-400", "1e400", "2147483647", "2147483648", "-2147483649",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551616",
        "123456789012345678901234567890", "0x10", "01", "+1", ".5", "5.", "1e", "NaN", "Infinity", "-", "1_000", "٣",
        new string('9', 400), "0." + new string('0', 400) + "1",
    ];

    private static readonly string[] Texts =
    [
        "", " ", "\t\r\n\u00a0\u3000", "\0", "a\0b", "\ud800", "a\udc00b", "\udc00\ud800", "\ufeff", "\ufeffHello", "\ufffe\uffff\ufdd0",
        "\u001e", "Hello\u001eHello", "\u001b[31m", "\u007f\u0085", "\u2028\u2029", "\u202eevil\u202c", "e\u0301\u0301\u0301", "👩‍👩‍👧‍👦🏳️‍🌈", "שלום مرحبا",
        "null", "true", "0", "-1", "[]", "{}", "\"", "\\", "\\u0000", "'; DROP TABLE workflows; --", "%' OR '1'='1", "$1", "{0}", "{{", "%s%n",
        "${jndi:ldap://x}", "<script>alert(1)</script>", "&#0;", "../../etc/passwd", "..\\..\\", "%00", "%2e%2e%2f", "a/b", "a?b#c", "*", "\"*\"", "W/\"1\"",
        "/join", "/help me", "/msg @everyone", "//", "/\0", "# Title", "[x](javascript:alert(1))", "![](http://x/y)", "```", "**_~~`", "|a|\n|-|\n|b|",
        "2026-02-30T25:61:61Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999+14:00", "2026-03-02T09:30:00.000000Z", "-62135596801", "1e999",
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "019303a21f407c209a000000000000b1", "{019303a2-1f40-7c20-9a00-0000000000b1}",
        "(019303a2-1f40-7c20-9a00-0000000000b1)", "{0x019303a2,0x1f40,0x7c20,{0x9a,0,0,0,0,0,0,0xb1}}", " 019303a2-1f40-7c20-9a00-0000000000b1 ",
        "019303A2-1F40-7C20-9A00-0000000000B1", "019303a2-1f40-7c20-9a00-0000000000b", "019303a2-1f40-7c20-9a00-0000000000bg", "+19303a2-1f40-7c20-9a00-0000000000b1",
        "a@b", "@", "a@", "@b", "a@b@c", "a b@c.d", "\"a b\"@c.d", "ä@ö.example", "A@EXAMPLE.COM", "a@b\0", "a@[127.0.0.1]", "İ@example.com", "ı@example.com",
        "owner", "OWNER", "contributor", "observer", "active", "paused", "completed", "cancelled", "Active", "2", "owner,observer",
        "correct horse battery staple", "password", "bmadserver", "__proto__", "constructor", "$type", "$ref", "$id", "Hello",
    ];

    /// <summary>About the limits that the documentation names, and far beyond.</summary>
    private static readonly int[] Lengths = [7, 8, 100, 101, 127, 128, 129, 200, 201, 254, 255, 1_024, 1_025, 4_096];

    private static readonly int[] GreatLengths = [15_999, 16_000, 16_001, 33_000, 70_000];

    private static readonly string[] Units = ["x", "😀", "é", "\u0001", "\"", " ", "\ufeff", "[", "a\u0301", "\ud800", "\0", "`", "> ", "- "];

    public static string Text(Dice dice) =>
        dice.Next(100) switch
        {
            < 70 => dice.Pick(Texts),
            < 80 => dice.Pick(Texts) + dice.Pick(Texts),
            < 90 => Scrambled(dice),
            < 99 => Long(dice, dice.Pick(Lengths)),
            _ => Long(dice, dice.Pick(GreatLengths)),
        };

    /// <summary>A UUID that nobody has, or what looks like one.</summary>
    public static string Id(Dice dice)
    {
        var id = dice.Guid();
        return dice.Next(6) switch
        {
            0 => id.ToString("N"),
            1 => id.ToString("B"),
            2 => id.ToString().ToUpperInvariant(),
            3 => id.ToString()[..dice.Between(1, 35)],
            4 => id.ToString() + dice.Pick(Texts),
            _ => id.ToString(),
        };
    }

    private static string Long(Dice dice, int length)
    {
        var unit = dice.Pick(Units);
        return string.Concat(Enumerable.Repeat(unit, length / unit.Length + 1))[..length];
    }

    private static string Scrambled(Dice dice) =>
        string.Create(dice.Between(1, 24), dice, static (text, dice) =>
        {
            foreach (ref var letter in text)
            {
                letter = dice.Chance(50) ? (char)dice.Next(128) : (char)dice.Next(0x10000);
            }
        });
}
