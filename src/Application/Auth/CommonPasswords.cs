using System.Text;

namespace BmadServer.Application.Auth;

/// <summary>
/// Passwords that are guessed first, from <c>common-passwords.txt</c>: well-known words, phrases, walks over the keyboard and dates, in
/// lower case.
/// </summary>
internal static class CommonPasswords
{
    /// <summary>With so many digits and signs a word is still no more than a word: a year, a date, a few exclamation marks.</summary>
    public const int LongestDecoration = 6;

    /// <summary>The longest part of which a password may not be a mere repetition, such as <c>abcabcabc</c>.</summary>
    private const int LongestRepeated = 4;

    private static readonly HashSet<string> Known = Load();

    /// <summary>In whatever case, alone or with a few digits and signs around it.</summary>
    public static bool Contains(string password)
    {
        var text = password.Trim().ToLowerInvariant();
        return Known.Contains(text) || IsRepetition(text) || IsDecorated(text);
    }

    private static bool IsDecorated(string text)
    {
        var start = 0;
        while (start < text.Length && !char.IsLetter(text[start]))
        {
            start++;
        }

        var end = text.Length;
        while (end > start && !char.IsLetter(text[end - 1]))
        {
            end--;
        }

        // The word's own first and last letters may be signs: p@$$.
        return start <= LongestDecoration
            && text.Length - end <= LongestDecoration
            && (Known.Contains(text[start..end]) || Known.Contains(text[..end]) || Known.Contains(text[start..]));
    }

    private static bool IsRepetition(string text)
    {
        for (var length = 1; length <= LongestRepeated; length++)
        {
            if (text.AsSpan(length).SequenceEqual(text.AsSpan(0, text.Length - length)))
            {
                return true;
            }
        }

        return false;
    }

    private static HashSet<string> Load()
    {
        using var stream = typeof(CommonPasswords).Assembly.GetManifestResourceStream("common-passwords.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        HashSet<string> known = new(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            known.Add(line);
        }

        return known;
    }
}
