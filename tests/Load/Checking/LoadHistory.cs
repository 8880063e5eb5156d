using System.Text.Json;
using BmadServer.Load.Clients;
using BmadServer.Testing.History;

namespace BmadServer.Load.Checking;

/// <summary>What one connection sent in a closed loop, and what it was told of it.</summary>
/// <param name="Frame">What it sent, again and again, with the number of the call in it.</param>
internal sealed record ConnectionRecord(int Index, Guid UserId, Guid WorkflowId, CallFrame Frame, RememberedAcks Acks)
{
    public string Name => $"connection {Index}";
}

/// <summary>Holds the acks of a closed loop against the log, with the checker of the recovery suite.</summary>
internal static class LoadHistory
{
    /// <param name="connections">All that sent to the workflow.</param>
    /// <param name="truth">Of the workflow, read when all sends had been acknowledged.</param>
    public static IReadOnlyList<Violation> Check(IReadOnlyList<ConnectionRecord> connections, WorkflowTruth truth)
    {
        var clients = connections.Select(ToHistory).ToList();
        var acked = clients.Sum(client => client.Entries.OfType<Acked>().Count());
        var posted = truth.Log.Count(@event => @event.Kind == EventRecord.MessagePosted);
        return
        [
            .. connections.SelectMany(CheckOrderOfAnswers),
            .. HistoryChecker.Check(clients, [truth]),
            .. posted > acked
                ? [new Violation(ViolationKind.NeverSent, $"{posted} messages are in workflow {truth.WorkflowId}, and {acked} were sent")]
                : Array.Empty<Violation>(),
        ];
    }

    /// <summary>In the order of the sends, as the checker asks for; every send has its ack.</summary>
    private static ClientHistory ToHistory(ConnectionRecord connection)
    {
        var entries = new List<Entry>();
        foreach (var ack in connection.Acks.Read().OrderBy(ack => ack.Call))
        {
            var sent = Read<Call>(connection.Frame.MessageWith(ack.Call)).Arguments[0];
            entries.Add(new SendQueued(ack.SentAt, sent.WorkflowId, sent.ClientMessageId, sent.Content, ReplyTo: null));
            entries.Add(new SendBegun(ack.SentAt, Connection: 1, ack.Call, sent.ClientMessageId));
            entries.Add(new Acked(ack.At, Connection: 1, ack.Call, ReadAck(ack)));
        }

        return new ClientHistory(connection.Name, connection.UserId, entries, Final: []);
    }

    /// <summary>The calls of one connection are handled one after the other, and so are they answered.</summary>
    private static IEnumerable<Violation> CheckOrderOfAnswers(ConnectionRecord connection)
    {
        var last = -1;
        foreach (var ack in connection.Acks.Read())
        {
            if (ack.Call <= last)
            {
                yield return new Violation(
                    ViolationKind.AckOrder,
                    $"{connection.Name}: send {ack.Call} was acknowledged after send {last}, which was sent later"
                );
            }

            last = ack.Call;
        }
    }

    private static Ack ReadAck(RememberedAck ack) =>
        Read<Answer>(ack.Answer.Span).Result ?? throw new JsonException("An answer has no ack.");

    private static T Read<T>(ReadOnlySpan<byte> message) =>
        JsonSerializer.Deserialize<T>(message, JsonSerializerOptions.Web) ?? throw new JsonException("There is no message.");

    private sealed record Call(IReadOnlyList<Sent> Arguments);

    private sealed record Sent(Guid WorkflowId, string ClientMessageId, string Content);

    private sealed record Answer(Ack? Result);
}
