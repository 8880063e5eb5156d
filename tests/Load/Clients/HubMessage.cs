using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace BmadServer.Load.Clients;

internal enum HubMessageKind
{
    Other,

    /// <summary>The server calls the client.</summary>
    Push,

    /// <summary>The answer to a call.</summary>
    Answer,

    /// <summary>The server ends the connection.</summary>
    Close,
}

/// <summary>What the load program has to know of a message of SignalR's JSON protocol.</summary>
/// <param name="Call">The number of the call that is answered; -1 where there is none.</param>
/// <param name="IsRefused">Whether the answer is an error.</param>
internal readonly record struct HubMessage(HubMessageKind Kind, int Call, bool IsRefused)
{
    private static ReadOnlySpan<byte> AnswerStart => "{\"type\":3,\"invocationId\":\""u8;

    private static ReadOnlySpan<byte> PushStart => "{\"type\":1,"u8;

    /// <summary>The order of fields that SignalR writes is read without parsing; any other order is parsed.</summary>
    public static HubMessage Read(ReadOnlySpan<byte> message)
    {
        if (message.StartsWith(AnswerStart))
        {
            var rest = message[AnswerStart.Length..];
            if (Utf8Parser.TryParse(rest, out int call, out var digits) && rest[digits..].StartsWith("\""u8))
            {
                var isRefused = rest[(digits + 1)..].StartsWith(",\"error\""u8);
                return new HubMessage(HubMessageKind.Answer, call, isRefused);
            }
        }
        else if (message.StartsWith(PushStart))
        {
            return new HubMessage(HubMessageKind.Push, -1, false);
        }

        return Parse(message);
    }

    /// <summary>Whether a push is one of an event, and not of something that merely accompanies events.</summary>
    public static bool IsEvent(ReadOnlySpan<byte> push) => push.IndexOf("\"target\":\"ReceiveEvent\""u8) >= 0;

    /// <summary>The error of a refused answer or of a close, for a person to read.</summary>
    public static string ErrorOf(ReadOnlySpan<byte> message)
    {
        var reader = new Utf8JsonReader(message);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                return reader.GetString() ?? "";
            }
        }

        return Encoding.UTF8.GetString(message);
    }

    private static HubMessage Parse(ReadOnlySpan<byte> message)
    {
        var (type, call, isRefused) = (0, -1, false);
        var reader = new Utf8JsonReader(message);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                type = reader.GetInt32();
            }
            else if (reader.ValueTextEquals("invocationId"u8))
            {
                reader.Read();
                call = Utf8Parser.TryParse(reader.ValueSpan, out int number, out _) ? number : -1;
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                isRefused = true;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }

        var kind = type switch
        {
            1 => HubMessageKind.Push,
            3 => HubMessageKind.Answer,
            7 => HubMessageKind.Close,
            _ => HubMessageKind.Other,
        };
        return new HubMessage(kind, call, isRefused);
    }
}
