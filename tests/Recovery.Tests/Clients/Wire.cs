using System.Text.Json;

namespace BmadServer.Recovery.Tests.Clients;

internal static class Wire
{
    public static T Read<T>(ReadOnlyMemory<byte> json) => JsonSerializer.Deserialize<T>(json.Span, JsonSerializerOptions.Web)!;
}
