using System.Text.Json;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>Reads fields of what came over the wire.</summary>
internal static class Json
{
    public static string Text(this JsonElement json, string field) => json.GetProperty(field).GetString()!;

    public static long Number(this JsonElement json, string field) => json.GetProperty(field).GetInt64();

    public static Guid Id(this JsonElement json, string field) => json.GetProperty(field).GetGuid();

    public static DateTimeOffset Time(this JsonElement json, string field) => json.GetProperty(field).GetDateTimeOffset();

    public static bool Flag(this JsonElement json, string field) => json.GetProperty(field).GetBoolean();

    public static JsonElement[] Items(this JsonElement json, string field) => [.. json.GetProperty(field).EnumerateArray()];

    /// <summary>The names of the object's fields, in the order of the wire.</summary>
    public static string[] Fields(this JsonElement json) => [.. json.EnumerateObject().Select(field => field.Name)];

    /// <summary>The bytes as they came.</summary>
    public static string[] Raw(this IEnumerable<JsonElement> items) => [.. items.Select(item => item.GetRawText())];

    public static long[] Sequences(this IEnumerable<JsonElement> items) => [.. items.Select(item => item.Number("sequence"))];

    public static string[] Contents(this IEnumerable<JsonElement> items) => [.. items.Select(item => item.Text("content"))];

    /// <summary>What a repeat of the call must answer, byte for byte.</summary>
    public static string AsDuplicate(this JsonElement ack) => ack.GetRawText().Replace("\"duplicate\":false", "\"duplicate\":true");
}
