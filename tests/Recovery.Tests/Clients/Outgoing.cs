using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.Clients;

/// <summary>A call that a client makes until it is acknowledged or refused for good, on as many connections as that takes.</summary>
internal abstract class Outgoing
{
    private readonly TaskCompletionSource<Ack?> _resolved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The ack; null when it was refused for good.</summary>
    public Task<Ack?> Resolved => _resolved.Task;

    public abstract string Target { get; }

    public abstract object?[] Arguments { get; }

    public abstract CallBegun Begin(long at, int connection, long call);

    public void Resolve(Ack? ack) => _resolved.TrySetResult(ack);

    public sealed class Message(Guid workflow, string key, string content, Guid? replyTo) : Outgoing
    {
        public override string Target => "SendMessage";

        public override object?[] Arguments =>
            [
                new
                {
                    content,
                    workflowId = workflow,
                    clientMessageId = key,
                    replyTo,
                },
            ];

        public override CallBegun Begin(long at, int connection, long call) => new SendBegun(at, connection, call, key);
    }

    public sealed class Edit(Guid workflow, Guid message, string content) : Outgoing
    {
        public override string Target => "EditMessage";

        public override object?[] Arguments => [workflow, message, content];

        public override CallBegun Begin(long at, int connection, long call) =>
            new EditBegun(at, connection, call, workflow, message, content);
    }

    public sealed class Delete(Guid workflow, Guid message) : Outgoing
    {
        public override string Target => "DeleteMessage";

        public override object?[] Arguments => [workflow, message];

        public override CallBegun Begin(long at, int connection, long call) =>
            new DeleteBegun(at, connection, call, workflow, message);
    }
}
