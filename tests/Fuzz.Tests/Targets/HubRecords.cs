using System.Collections.Concurrent;
using System.Text.Json;
using BmadServer.Fuzz.Tests.Generation;
using BmadServer.Fuzz.Tests.Oracle;

namespace BmadServer.Fuzz.Tests.Targets;

/// <summary>Judges what the hub says on one connection: answers, refusals with a documented code, and calls that clients know.</summary>
internal sealed class HubRecords(Tally tally)
{
    private const int Call = 1;
    private const int Answer = 3;
    private const int Ping = 6;
    private const int CloseRecord = 7;

    /// <summary>What the framework says of a connection that it closes for a frame too large.</summary>
    private const string FrameworkClose = "Connection closed with an error.";

    private static readonly HashSet<string> Calls =
    [
        .. typeof(Web.Chat.IChatClient).GetMethods().Select(method => method.Name),
    ];

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _answered = new();
    private bool _isHandshakeOver;

    /// <summary>What the server said that it must not say.</summary>
    public string? Complaint { get; private set; }

    /// <summary>The text of a close record, or empty when it had none.</summary>
    public string? ClosedWith { get; private set; }

    public Task WhenAnswered(string id) => Of(id).Task;

    public void Take(ReadOnlyMemory<byte> record)
    {
        try
        {
            using var document = JsonDocument.Parse(record);
            Judge(document.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            Complain(record.Span, failure.Message);
        }
    }

    private void Judge(JsonElement record)
    {
        if (!_isHandshakeOver)
        {
            _isHandshakeOver = true;
            if (record.TryGetProperty("error", out _))
            {
                tally.Refuse();
            }

            return;
        }

        var error = record.TryGetProperty("error", out var text) ? text.GetString() : null;
        switch (record.GetProperty("type").GetInt32())
        {
            case Answer when error is null:
                tally.Take();
                Of(record.GetProperty("invocationId").GetString()!).TrySetResult();
                break;
            case Answer when Codes.IsHubRefusal(error):
                tally.Refuse();
                if (error!.StartsWith("rate_limited", StringComparison.Ordinal))
                {
                    tally.Limit();
                }

                Of(record.GetProperty("invocationId").GetString()!).TrySetResult();
                break;
            case Call when Calls.Contains(record.GetProperty("target").GetString()!):
            case Ping:
                break;
            case CloseRecord when error is null or FrameworkClose || Codes.IsHubRefusal(error):
                ClosedWith = error ?? "";
                break;
            default:
                Complain(JsonSerializer.SerializeToUtf8Bytes(record), "no such record");
                break;
        }
    }

    private TaskCompletionSource Of(string id) =>
        _answered.GetOrAdd(id, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private void Complain(ReadOnlySpan<byte> record, string why) => Complaint ??= $"the hub said {Escaped.Of(record)}: {why}";
}
