using System.Globalization;
using System.Text;
using System.Text.Unicode;
using BmadServer.Fuzz.Tests.Generation;
using BmadServer.Fuzz.Tests.Oracle;
using BmadServer.Fuzz.Tests.Wire;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace BmadServer.Fuzz.Tests.Targets;

/// <summary>
/// Frames of SignalR's protocol, good and bad, on connections that are open: each is answered or ignored, and the connection stays. A
/// batch is one connection.
/// </summary>
internal sealed record FrameTarget() : Target("hub-frames", Share: 40, BatchSize: 250, Workers: 6)
{
    /// <summary>How many are sent before the server is asked whether it is through with them.</summary>
    private const int GroupSize = 10;

    /// <summary>Far longer than anything takes on a busy machine; only a run that fails waits for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly JsonHubProtocol Reader = new();

    public override async Task RunAsync(FuzzedServer server, Batch batch, Tally tally)
    {
        var words = server.Words;
        Connection? connection = null;
        try
        {
            for (var at = 0; at < batch.Count; at += GroupSize)
            {
                var group = Enumerable
                    .Range(at, Math.Min(GroupSize, batch.Count - at))
                    .Select(i => batch.First + i)
                    .Select(index => new Input(index, new HubFrames(DiceOf(batch, index), words).Next(IdOf(index))))
                    .ToArray();
                connection ??= await Connection.OpenAsync(server, tally);
                if (await connection.TrySendAsync(this, server, batch, group))
                {
                    continue;
                }

                // One of them ended it, or holds it up. Which, and whether it may, shows when each comes alone.
                connection.Dispose();
                connection = null;
                foreach (var input in group)
                {
                    using var alone = await Connection.OpenAsync(server, tally);
                    if (!await alone.TrySendAsync(this, server, batch, [input]))
                    {
                        tally.Close();
                        if (!MayClose(server, input.Frame.Bytes))
                        {
                            throw Failure(batch, input, $"the connection was closed: {alone.HowClosed}");
                        }
                    }
                }
            }
        }
        finally
        {
            connection?.Dispose();
            server.UnderWay.End(batch);
        }
    }

    private static string IdOf(long index) => index.ToString(CultureInfo.InvariantCulture);

    private static FuzzFailure Failure(Batch batch, Input input, string what) =>
        FuzzFailure.Of(batch, input.Index, Escaped.Of(input.Frame.Bytes), what);

    /// <summary>A frame above the limit, and one in which the client takes its leave.</summary>
    private static bool MayClose(FuzzedServer server, byte[] bytes)
    {
        var limit = ((Microsoft.Extensions.Options.IOptions<HubOptions>)server.Services.GetService(typeof(Microsoft.Extensions.Options.IOptions<HubOptions>))!)
            .Value
            .MaximumReceiveMessageSize;
        if (bytes.Length > limit)
        {
            return true;
        }

        var rest = new System.Buffers.ReadOnlySequence<byte>([.. bytes, HubFrames.EndOfFrame]);
        while (!rest.IsEmpty)
        {
            try
            {
                if (!Reader.TryParseMessage(ref rest, ParserTarget.Binder, out var message) || message is CloseMessage)
                {
                    return message is CloseMessage;
                }
            }
            catch (Exception)
            {
                // What cannot be read takes no leave.
            }
        }

        return false;
    }

    private sealed record Input(long Index, HubFrame Frame);

    private sealed class Connection : IDisposable
    {
        private readonly HubRecords _records;
        private RawHub _hub = null!;
        private int _asked;

        private Connection(Tally tally) => _records = new HubRecords(tally);

        public string HowClosed => $"close record {_records.ClosedWith ?? "none"}, close code {_hub.CloseCode?.ToString(CultureInfo.InvariantCulture) ?? "none"}";

        public static async Task<Connection> OpenAsync(FuzzedServer server, Tally tally)
        {
            var connection = new Connection(tally);
            connection._hub = await RawHub.OpenAsync(server.Url, RawHub.RequestOf(server.Url, server.Sender.Token), connection._records.Take);
            if (connection._hub.Status != 101)
            {
                throw new FuzzFailure($"{server.Database}: a good connection is refused: {connection._hub.Head}");
            }

            var bytes = new List<byte>();
            WebSocketFrame.WriteMessage(bytes, WebSocketFrame.Text, RawHub.Handshake, fragments: 1);
            await connection._hub.SendAsync(bytes.ToArray());
            return connection;
        }

        /// <returns>Whether the connection is still there, and the server through with them.</returns>
        public async Task<bool> TrySendAsync(FrameTarget target, FuzzedServer server, Batch batch, Input[] inputs)
        {
            server.UnderWay.Begin(batch, [.. inputs.Select(input => (input.Index, input.Frame.Bytes))]);
            var bytes = new List<byte>();
            foreach (var (index, frame) in inputs)
            {
                var dice = new Dice(batch.Seed, target.Name + "/fragments", index);
                // What is no UTF-8 would be refused as text before it came to the hub.
                var isText = Utf8.IsValid(frame.Bytes) && dice.Chance(70);
                WebSocketFrame.WriteMessage(bytes, isText ? WebSocketFrame.Text : WebSocketFrame.Binary, frame.Bytes, dice.Chance(80) ? 1 : dice.Between(2, 5));
                if (index == inputs[^1].Index || !frame.Bytes.AsSpan().EndsWith([HubFrames.EndOfFrame]))
                {
                    // Else what is not ended would swallow the next one.
                    WebSocketFrame.WriteMessage(bytes, WebSocketFrame.Text, [HubFrames.EndOfFrame], fragments: 1);
                }
            }

            var question = $"through-{++_asked}";
            WebSocketFrame.WriteMessage(bytes, WebSocketFrame.Text, Question(question, server.Control.Workflow), fragments: 1);
            await _hub.SendAsync(bytes.ToArray());
            var first = await Task.WhenAny(_records.WhenAnswered(question), _hub.Ended, Task.Delay(Patience));
            var isThrough = _records.WhenAnswered(question).IsCompleted;
            if (_records.Complaint is { } complaint)
            {
                throw Failure(batch, inputs[0], $"or a later one of these: {complaint}\n{server.UnderWay}");
            }

            server.ShouldNotComplain();
            if (!isThrough && first != _hub.Ended && inputs.Length == 1)
            {
                throw Failure(batch, inputs[0], "the hub answers no more");
            }

            // The server ends a connection only after it has said all that it will.
            if (isThrough && inputs.FirstOrDefault(input => input.Frame.Awaited is { } id && !_records.WhenAnswered(id).IsCompleted) is { } unanswered)
            {
                throw Failure(batch, unanswered, "the call was not answered");
            }

            return isThrough;
        }

        public void Dispose() => _hub.Dispose();

        /// <summary>A call that is refused, because the sender does not belong there, and so costs next to nothing.</summary>
        private static byte[] Question(string id, Guid foreign) =>
            [
                .. Encoding.UTF8.GetBytes($$"""{"type":1,"invocationId":"{{id}}","target":"SetTyping","arguments":["{{foreign}}",false]}"""),
                HubFrames.EndOfFrame,
            ];
    }
}
