using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BmadServer.Web.Common;

/// <summary>How values stand on the wire, for REST and hub alike.</summary>
internal static class WireJson
{
    /// <summary>camelCase names and enums, times in UTC with a Z, and no field where there is nothing to say.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = true;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new UtcTimeConverter());
    }

    private sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
    {
        private const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        {
            Span<char> text = stackalloc char[32];
            value.UtcDateTime.TryFormat(text, out var length, Format, CultureInfo.InvariantCulture);
            writer.WriteStringValue(text[..length]);
        }
    }
}
