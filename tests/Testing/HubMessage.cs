using System.Text;
using System.Text.Json;

namespace BmadServer.Testing;

/// <summary>A message of SignalR's JSON protocol, as far as one has to know it to pick it.</summary>
/// <param name="Type">1 call, 3 answer, 6 ping, 7 close; 0 for the answer to the handshake.</param>
/// <param name="Target">The method that is called.</param>
/// <param name="InvocationId">The call that is answered.</param>
/// <param name="Utf8">The whole message, without the character that ends it. Good only during the call.</param>
public readonly record struct HubMessage(int Type, string? Target, string? InvocationId, ReadOnlyMemory<byte> Utf8)
{
    public const int Call = 1;

    public const int Answer = 3;

    /// <summary>The message's text.</summary>
    public string Text => Encoding.UTF8.GetString(Utf8.Span);

    internal static HubMessage Read(ReadOnlyMemory<byte> utf8)
    {
        var (type, target, invocationId) = (0, (string?)null, (string?)null);
        var reader = new Utf8JsonReader(utf8.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                type = reader.GetInt32();
            }
            else if (reader.ValueTextEquals("target"u8))
            {
                reader.Read();
                target = reader.GetString();
            }
            else if (reader.ValueTextEquals("invocationId"u8))
            {
                reader.Read();
                invocationId = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }

        return new HubMessage(type, target, invocationId, utf8);
    }
}
