using System.Globalization;
using System.Reflection;
using BmadServer.Web.Chat;

namespace BmadServer.Fuzz.Tests.Generation;

/// <param name="Awaited">The call that must be answered, where the frame is one that a client might send.</param>
internal sealed record HubFrame(byte[] Bytes, string? Awaited);

/// <summary>What a client could send once the hub's handshake is done: frames of SignalR's JSON protocol, good and bad.</summary>
internal sealed class HubFrames(Dice dice, Vocabulary words)
{
    public const byte EndOfFrame = 0x1e;

    /// <summary>Of the hub as it is, so that a new method is not forgotten.</summary>
    private static readonly MethodInfo[] Methods =
    [
        .. typeof(ChatHub)
            .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method.GetBaseDefinition() == method && method.Name != nameof(ChatHub.Refuse)),
    ];

    private static readonly string[] OddTargets = ["", "Refuse", "-refuse-", "Dispose", "OnConnectedAsync", "sendmessage", "SENDMESSAGE", "ToString", "__proto__"];

    /// <param name="id">Of the calls that are made; it should differ from frame to frame.</param>
    public HubFrame Next(string id) =>
        dice.Next(100) switch
        {
            < 35 => new HubFrame(Ended(Call(id, dice.Pick(Methods), isBroken: false)), id),
            < 62 => new HubFrame(Ended(Call(id, dice.Pick(Methods), isBroken: true)), null),
            < 80 => new HubFrame(Mutation.Of(dice, Ended(Call(id, dice.Pick(Methods), isBroken: false)), Ended(OtherType(id))), null),
            < 92 => new HubFrame(Ended(OtherType(id)), null),
            < 96 => new HubFrame(dice.Bytes(dice.Between(0, 200)), null),
            < 98 => new HubFrame(Ended(new JsonText(dice, words).Value().ToArray()), null),
            _ => Several(id),
        };

    private static byte[] Ended(byte[] frame) => [.. frame, EndOfFrame];

    private HubFrame Several(string id)
    {
        var bytes = new List<byte>();
        for (var i = dice.Between(2, 6); i > 0; i--)
        {
            bytes.AddRange(Call(id + "-" + i.ToString(CultureInfo.InvariantCulture), dice.Pick(Methods), isBroken: i == 1));
            if (i != 1 || dice.Chance(50))
            {
                bytes.Add(EndOfFrame);
            }
        }

        return new HubFrame([.. bytes], null);
    }

    private byte[] Call(string id, MethodInfo method, bool isBroken)
    {
        List<(string, Action<JsonText>)> fields =
        [
            ("type", json => json.Raw("1")),
            ("invocationId", json => json.Text(id)),
            ("target", json => json.Text(isBroken && dice.Chance(10) ? dice.Pick(OddTargets) : method.Name)),
            ("arguments", json => Arguments(json, method.GetParameters(), isBroken)),
        ];
        if (isBroken && dice.Chance(10))
        {
            fields.Add((dice.Pick(["streamIds", "headers", "error", "result", "item"]), json => json.Value(depth: 2)));
        }

        return new JsonText(dice, words).Object(fields, isBroken && dice.Chance(40)).ToArray();
    }

    private void Arguments(JsonText json, ParameterInfo[] parameters, bool isBroken)
    {
        json.Raw("[");
        var count = isBroken && dice.Chance(15) ? dice.Next(5) : parameters.Length;
        for (var i = 0; i < count; i++)
        {
            json.Raw(i > 0 ? "," : "");
            if (i >= parameters.Length || (isBroken && dice.Chance(50)))
            {
                json.Value();
            }
            else
            {
                Argument(json, parameters[i], isBroken);
            }
        }

        json.Raw("]");
    }

    private void Argument(JsonText json, ParameterInfo parameter, bool isBroken)
    {
        var type = parameter.ParameterType;
        if (type == typeof(Guid))
        {
            json.Text(Id(parameter.Name == "messageId" ? words.Messages : words.Workflows));
        }
        else if (type == typeof(bool))
        {
            json.Raw(dice.Chance(50) ? "true" : "false");
        }
        else if (type == typeof(long))
        {
            json.Raw(dice.Pick(["0", "1", "-1", "5", "1000000", "9223372036854775807", "-9223372036854775808"]));
        }
        else if (type == typeof(string))
        {
            json.Text(parameter.Name == "accessToken" && dice.Chance(50) ? dice.Pick(words.Tokens) : Writable(Hostile.Text(dice)));
        }
        else if (type == typeof(ChatMessage))
        {
            Message(json, isBroken);
        }
        else
        {
            throw new NotSupportedException($"No arguments are made of the type {type.Name}: a method of the hub has a new kind of parameter.");
        }
    }

    private void Message(JsonText json, bool isBroken)
    {
        if (dice.Chance(30))
        {
            json.Text(Writable(Hostile.Text(dice)));
            return;
        }

        List<(string, Action<JsonText>)> fields = [("content", field => field.Text(Writable(Hostile.Text(dice))))];
        if (dice.Chance(70))
        {
            fields.Add(("workflowId", field => field.Text(Id(words.Workflows))));
        }

        if (dice.Chance(50))
        {
            // From a few, so that some are repeats.
            fields.Add(("clientMessageId", field => field.Text(dice.Chance(50) ? $"key-{dice.Next(1_000)}" : Writable(Hostile.Text(dice)))));
        }

        if (dice.Chance(30))
        {
            fields.Add(("replyTo", field => field.Text(Id(words.Messages))));
        }

        json.Object(fields, isBroken);
    }

    private byte[] OtherType(string id)
    {
        List<(string, Action<JsonText>)> fields =
        [
            ("type", json => json.Raw(dice.Chance(85) ? dice.Pick(["0", "1", "2", "3", "4", "5", "6", "8", "9", "10"]) : dice.Pick(Hostile.Numbers))),
            ("invocationId", json => json.Text(id)),
        ];
        foreach (var name in (string[])["target", "arguments", "item", "result", "error", "streamIds", "headers", "sequenceId", "allowReconnect"])
        {
            if (dice.Chance(30))
            {
                fields.Add((name, json => json.Value(depth: 1)));
            }
        }

        return new JsonText(dice, words).Object(fields, isBroken: dice.Chance(30)).ToArray();
    }

    private string Id(IReadOnlyList<Guid> known) => (dice.Chance(80) ? Vocabulary.One(dice, known) : dice.Guid()).ToString();

    /// <summary>Half of a surrogate pair is no string for a JSON reader: with one, the call would not fit its method.</summary>
    private static string Writable(string text) => string.Concat(text.EnumerateRunes());
}
