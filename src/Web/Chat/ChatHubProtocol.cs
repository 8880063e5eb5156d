using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace BmadServer.Web.Chat;

/// <summary>
/// SignalR's JSON protocol, with two differences. A call that names no method, or does not fit it, reaches the hub's
/// filters like every other call instead of being answered by the framework. And an error is sent as the hub gave it,
/// <c>code: sentence</c>, without the framework's words in front.
/// </summary>
internal sealed class ChatHubProtocol(IHubProtocol json) : IHubProtocol
{
    /// <summary>The hub method that refuses; not a name that a client may call.</summary>
    public const string RefusedCall = "-refuse-";

    /// <summary>Every frame ends with U+001E.</summary>
    private const int EndOfFrameLength = 1;

    private const string FrameworkPrefixEnd = nameof(HubException) + ": ";

    /// <summary>What each method takes, by its name.</summary>
    private static readonly Dictionary<string, string> Methods = typeof(ChatHub)
        .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(method => method.GetBaseDefinition() == method && method.Name != nameof(ChatHub.Refuse))
        .ToDictionary(
            method => method.Name,
            method => string.Join(", ", method.GetParameters().Select(Describe)),
            StringComparer.OrdinalIgnoreCase
        );

    public string Name => json.Name;

    public int Version => json.Version;

    public TransferFormat TransferFormat => json.TransferFormat;

    public bool IsVersionSupported(int version) => json.IsVersionSupported(version);

    public bool TryParseMessage(
        ref ReadOnlySequence<byte> input,
        IInvocationBinder binder,
        [NotNullWhen(true)] out HubMessage? message
    )
    {
        var unread = input;
        try
        {
            if (!json.TryParseMessage(ref input, binder, out message))
            {
                if (input.Length == unread.Length)
                {
                    return false;
                }

                // Of a type that the framework does not know. It would take this for the beginning of a frame, and read no other any more.
                message = RefuseMalformed(unread, input);
                return true;
            }
        }
        catch (Exception) when (input.Length < unread.Length)
        {
            // The frame has been consumed, so the next one can be read: a client that writes nonsense keeps its connection. For what
            // it may be, the framework's readers have no end of exceptions: half a word in pieces is an index out of range to them.
            message = RefuseMalformed(unread, input);
            return true;
        }

        message = message switch
        {
            InvocationMessage { Target: var target, InvocationId: var id } when !Methods.ContainsKey(target) => RefuseUnknown(id),
            InvocationBindingFailureMessage { Target: var target, InvocationId: var id } => Methods.TryGetValue(target, out var takes)
                ? Refuse(id, "validation.failed", $"{target} takes ({takes}).")
                : RefuseUnknown(id),
            StreamInvocationMessage { InvocationId: var id } => RefuseStream(id),
            InvocationMessage { StreamIds.Length: > 0, InvocationId: var id } => RefuseStream(id),
            // Parts of streams, and answers to calls that this hub never makes.
            StreamItemMessage or StreamBindingFailureMessage or CancelInvocationMessage or CompletionMessage => RefuseStream(null),
            _ => message,
        };
        return true;
    }

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => json.WriteMessage(Plain(message), output);

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => json.GetMessageBytes(Plain(message));

    private static HubMessage Plain(HubMessage message) =>
        message switch
        {
            CompletionMessage { Error: { } error } failed when TryStrip(error, out var plain) => CompletionMessage.WithError(
                failed.InvocationId!,
                plain
            ),
            CloseMessage { Error: { } error } close when TryStrip(error, out var plain) => new CloseMessage(
                plain,
                // What passes is worth another try; SignalR's own clients give up on a close that does not say so.
                allowReconnect: close.AllowReconnect || plain.StartsWith("service.unavailable", StringComparison.Ordinal)
            ),
            _ => message,
        };

    private static bool TryStrip(string error, out string plain)
    {
        var at = error.IndexOf(FrameworkPrefixEnd, StringComparison.Ordinal);
        plain = at < 0 ? error : error[(at + FrameworkPrefixEnd.Length)..];
        return at >= 0;
    }

    /// <param name="unread">What began with the frame.</param>
    /// <param name="rest">What of it comes after the frame.</param>
    private static InvocationMessage RefuseMalformed(in ReadOnlySequence<byte> unread, in ReadOnlySequence<byte> rest) =>
        Refuse(
            InvocationIdIn(unread.Slice(0, unread.Length - rest.Length - EndOfFrameLength)),
            "hub.malformed",
            "The frame is not a message of the SignalR JSON protocol."
        );

    private static InvocationMessage RefuseUnknown(string? invocationId) =>
        Refuse(invocationId, "hub.unknown_method", "The hub has no such method.");

    private static InvocationMessage RefuseStream(string? invocationId) =>
        Refuse(invocationId, "hub.unknown_method", "This hub has no streams.");

    private static InvocationMessage Refuse(string? invocationId, string code, string sentence) =>
        new(invocationId, RefusedCall, [code, sentence]);

    /// <summary>The call whose answer the client waits for, where so much of the frame can be read.</summary>
    private static string? InvocationIdIn(ReadOnlySequence<byte> frame)
    {
        try
        {
            using var document = JsonDocument.Parse(frame);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("invocationId", out var id)
                && id.ValueKind == JsonValueKind.String
                ? id.GetString()
                : null;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Describe(ParameterInfo parameter) => $"{parameter.Name}: {DescribeType(parameter.ParameterType)}";

    private static string DescribeType(Type type) =>
        type == typeof(Guid) ? "UUID"
        : type == typeof(string) ? "text"
        : type == typeof(bool) ? "true or false"
        : type == typeof(long) ? "whole number"
        : type == typeof(ChatMessage) ? "text, or {content, workflowId?, clientMessageId?, replyTo?}"
        : throw new NotSupportedException($"No words for {type.Name}.");
}
