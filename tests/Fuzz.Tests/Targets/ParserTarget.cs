using System.Buffers;
using System.Text.Json;
using BmadServer.Application.Messages;
using BmadServer.Fuzz.Tests.Generation;
using BmadServer.Fuzz.Tests.Oracle;
using BmadServer.Web.Chat;
using BmadServer.Web.Common;
using FluentValidation;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BmadServer.Fuzz.Tests.Targets;

/// <summary>
/// What reads a client's bytes, without a server around it: the hub's protocol, the converter of messages, and the rules that a message has
/// to keep. Each input goes through all of them.
/// </summary>
internal sealed record ParserTarget() : Target("parser", Share: 29, BatchSize: 2_000, Workers: 2)
{
    /// <summary>More messages than this in one input are none.</summary>
    private const int MostMessages = 50_000;

    private const string Refused = "refused";

    private static readonly JsonSerializerOptions Json = CreateJson();

    private static readonly ChatHubProtocol Protocol = new(
        new JsonHubProtocol(Options.Create(new JsonHubProtocolOptions { PayloadSerializerOptions = Json }))
    );

    public static IInvocationBinder Binder { get; } = new HubBinder();

    public override Task RunAsync(FuzzedServer server, Batch batch, Tally tally) =>
        Task.Run(() =>
        {
            var rules = server.Services.GetRequiredService<IValidator<SendMessage>>();
            for (var index = batch.First; index < batch.First + batch.Count; index++)
            {
                var dice = DiceOf(batch, index);
                var input = Next(dice);
                try
                {
                    var isTaken = Judge(dice, input, rules);
                    if (isTaken)
                    {
                        tally.Take();
                    }
                    else
                    {
                        tally.Refuse();
                    }
                }
                catch (Exception failure)
                {
                    throw FuzzFailure.Of(batch, index, Escaped.Of(input), failure.ToString());
                }
            }
        });

    private static byte[] Next(Dice dice)
    {
        var words = Vocabulary.Invented;
        return dice.Next(10) switch
        {
            < 6 => new HubFrames(dice, words).Next("1").Bytes,
            < 8 => new JsonText(dice, words).Value().ToArray(),
            8 => new JsonText(dice, words).Object([("content", json => json.Value()), ("replyTo", json => json.Value())], isBroken: true).ToArray(),
            _ => new JsonText(dice, words).Text(Hostile.Text(dice)).ToArray(),
        };
    }

    /// <returns>Whether there was a message or a call in it.</returns>
    private static bool Judge(Dice dice, byte[] input, IValidator<SendMessage> rules)
    {
        byte[] framed = [.. input, HubFrames.EndOfFrame];
        var read = Read(new ReadOnlySequence<byte>(framed));
        Read(Pieces(dice, framed)).ShouldBe(read, "in pieces it reads otherwise than in one");
        return TakeMessage(input, rules) | read.Any(message => message is not (Refused or nameof(PingMessage)));
    }

    private static List<string> Read(ReadOnlySequence<byte> input)
    {
        var messages = new List<string>();
        while (!input.IsEmpty)
        {
            var before = input.Length;
            if (!Protocol.TryParseMessage(ref input, Binder, out var message))
            {
                input.Length.ShouldBe(before, "the framework reads on only after a message, and else from there again");
                break;
            }

            input.Length.ShouldBeLessThan(before, "nothing was consumed");
            messages.Count.ShouldBeLessThan(MostMessages);
            messages.Add(Describe(message));
        }

        return messages;
    }

    private static string Describe(HubMessage message) =>
        message switch
        {
            // Whether the id can be read depends on where the frame stops making sense, and that on the pieces.
            InvocationMessage { Target: ChatHubProtocol.RefusedCall } => Refused,
            InvocationMessage call => $"{call.Target} {call.InvocationId} ({call.Arguments.Length})",
            CloseMessage close => $"{nameof(CloseMessage)} {close.Error}",
            // Whatever else a client can send must have been turned into a refusal.
            PingMessage or AckMessage or SequenceMessage => message.GetType().Name,
            _ => throw new InvalidOperationException($"{message.GetType().Name} would reach the framework."),
        };

    private static bool TakeMessage(byte[] input, IValidator<SendMessage> rules)
    {
        ChatMessage? message;
        try
        {
            message = JsonSerializer.Deserialize<ChatMessage>(input, Json);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // Which the framework turns into a refusal.
            return false;
        }

        if (message is null)
        {
            return false;
        }

        JsonSerializer.Deserialize<ChatMessage>(JsonSerializer.SerializeToUtf8Bytes(message, Json), Json).ShouldBe(message);
        var request = new SendMessage(message.Content, message.WorkflowId, message.ClientMessageId, message.ReplyTo);
        rules.Validate(request).IsValid.ShouldBe(IsAllowed(message.Content, 16_000) && (message.ClientMessageId is null || IsAllowed(message.ClientMessageId, 128)));
        return true;
    }

    /// <summary>The rules of <c>docs/hub.md</c>, said once more in other words.</summary>
    private static bool IsAllowed(string? text, int longest) =>
        text is not null
        && text.Length <= longest
        && text.Any(letter => !char.IsWhiteSpace(letter))
        && !text.Contains('\0', StringComparison.Ordinal)
        && string.Concat(text.EnumerateRunes()) == text;

    private static ReadOnlySequence<byte> Pieces(Dice dice, byte[] bytes)
    {
        var first = new Piece(bytes.AsMemory(0, dice.Next(bytes.Length + 1)));
        var last = first;
        for (var at = first.Memory.Length; at < bytes.Length; at += last.Memory.Length)
        {
            last = last.Then(bytes.AsMemory(at, dice.Between(1, bytes.Length - at)));
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private static JsonSerializerOptions CreateJson()
    {
        var options = new JsonSerializerOptions();
        WireJson.Configure(options);
        return options;
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Piece Then(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }

    /// <summary>As SignalR binds the hub's methods.</summary>
    private sealed class HubBinder : IInvocationBinder
    {
        private static readonly Dictionary<string, Type[]> Parameters = typeof(ChatHub)
            .GetMethods()
            .Where(method => method.DeclaringType == typeof(ChatHub))
            .ToDictionary(
                method => method.Name == nameof(ChatHub.Refuse) ? ChatHubProtocol.RefusedCall : method.Name,
                method => method.GetParameters().Select(parameter => parameter.ParameterType).ToArray(),
                StringComparer.OrdinalIgnoreCase
            );

        public IReadOnlyList<Type> GetParameterTypes(string methodName) => Parameters.GetValueOrDefault(methodName, []);

        public Type GetReturnType(string invocationId) => throw new InvalidOperationException("Unknown invocation ID.");

        public Type GetStreamItemType(string streamId) => throw new KeyNotFoundException($"No stream with id '{streamId}' could be found.");
    }
}
