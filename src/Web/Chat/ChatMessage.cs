using System.Text.Json;
using System.Text.Json.Serialization;

namespace BmadServer.Web.Chat;

/// <summary>The one argument of <c>SendMessage</c>: plain text, or an object with these fields.</summary>
/// <param name="Content">The text.</param>
/// <param name="WorkflowId">Where to; nothing for the active workflow, or else the personal one.</param>
/// <param name="ClientMessageId">The sender's own key, at most 128 characters: a repeat adds nothing.</param>
/// <param name="ReplyTo">The message answered, of the same workflow.</param>
[JsonConverter(typeof(ChatMessageConverter))]
public sealed record ChatMessage(string? Content, Guid? WorkflowId = null, string? ClientMessageId = null, Guid? ReplyTo = null);

/// <summary>SignalR binds a fixed number of arguments, so both forms come through this one.</summary>
internal sealed class ChatMessageConverter : JsonConverter<ChatMessage>
{
    public override ChatMessage Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return new ChatMessage(reader.GetString());
            case JsonTokenType.StartObject:
                var fields = JsonSerializer.Deserialize<Fields>(ref reader, options)!;
                return new ChatMessage(fields.Content, fields.WorkflowId, fields.ClientMessageId, fields.ReplyTo);
            default:
                throw new JsonException("A message is text or an object.");
        }
    }

    /// <summary>The server only ever reads one; clients in .NET write the full form.</summary>
    public override void Write(Utf8JsonWriter writer, ChatMessage value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(
            writer,
            new Fields(value.Content, value.WorkflowId, value.ClientMessageId, value.ReplyTo),
            options
        );

    private sealed record Fields(string? Content, Guid? WorkflowId, string? ClientMessageId, Guid? ReplyTo);
}
