using System.Globalization;
using System.Text;

namespace BmadServer.Fuzz.Tests.Generation;

/// <summary>Bytes as a line that is safe to print: what is not printable ASCII as <c>\xNN</c>.</summary>
internal static class Escaped
{
    public const int Longest = 2_000;

    public static string Of(ReadOnlySpan<byte> bytes, int longest = Longest)
    {
        var text = new StringBuilder();
        foreach (var value in bytes[..Math.Min(bytes.Length, longest)])
        {
            _ = value is >= 0x20 and < 0x7f and not (byte)'\\'
                ? text.Append((char)value)
                : text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
        }

        return bytes.Length <= longest ? text.ToString() : text.Append(CultureInfo.InvariantCulture, $"… ({bytes.Length} bytes)").ToString();
    }

    public static string Of(string text, int longest = Longest) => Of(Encoding.UTF8.GetBytes(text), longest);
}
