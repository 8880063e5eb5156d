using System.Text.Json;

namespace BmadServer.Recovery.Tests.Clients;

/// <summary>One message of SignalR's JSON protocol, as far as a client looks into it.</summary>
/// <param name="Payload">The JSON of <c>arguments</c> or <c>result</c>; a part of the frame that was read.</param>
internal readonly record struct HubFrame(int Type, string? Target, string? InvocationId, string? Error, ReadOnlyMemory<byte> Payload)
{
    public const int Call = 1;
    public const int Completion = 3;
    public const int Close = 7;

    private static readonly ReadOnlyMemory<byte> Null = "null"u8.ToArray();


    public static HubFrame Read(ReadOnlyMemory<byte> frame)
    {
        var reader = new Utf8JsonReader(frame.Span);
        var type = 0;
        string? target = null;
        string? invocation = null;
        string? error = null;
        var payload = ReadOnlyMemory<byte>.Empty;
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
                invocation = reader.GetString();
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                error = reader.GetString();
            }
            else if (reader.ValueTextEquals("arguments"u8) || reader.ValueTextEquals("result"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                payload = frame[start..(int)reader.BytesConsumed];
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return new HubFrame(type, target, invocation, error, payload.IsEmpty ? Null : payload);
    }
}
