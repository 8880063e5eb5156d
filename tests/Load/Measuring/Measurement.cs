namespace BmadServer.Load.Measuring;

/// <summary>What one round of one mode against one subject came to.</summary>
internal sealed record Measurement
{
    /// <summary>What was done, for example <c>50 connections in 50 workflows</c>.</summary>
    public required string Case { get; init; }

    public required string Subject { get; init; }

    /// <summary>From 1.</summary>
    public required int Round { get; init; }

    public required double Seconds { get; init; }

    /// <summary>How many sends were acknowledged.</summary>
    public required long Messages { get; init; }

    public required double MessagesPerSecond { get; init; }

    /// <summary>Pushes that clients received.</summary>
    public required double DeliveriesPerSecond { get; init; }

    /// <summary>Sends that were refused. They are not counted as messages.</summary>
    public required long Refusals { get; init; }

    /// <summary>From a send, or the moment it was due, to its ack.</summary>
    public required Distribution Acks { get; init; }

    /// <summary>From the moment a send was due until the last member had received it. Open loop only.</summary>
    public Distribution? ReceivedByAll { get; init; }

    /// <summary>From the moment a send was due until it was sent: how late the client itself was. Open loop only.</summary>
    public Distribution? ClientDelays { get; init; }

    /// <summary>Processors that this program kept busy, on average: 1 is one whole processor.</summary>
    public required double ClientProcessors { get; init; }

    public required double ServerProcessors { get; init; }

    /// <summary>Null where there is no PostgreSQL, or where its processes cannot be seen.</summary>
    public double? PostgresProcessors { get; init; }

    /// <summary>The server's memory in RAM at the end of the round, in bytes.</summary>
    public required long ServerBytes { get; init; }

    /// <summary>What the server allocated, in bytes for each message; null where the runtime's counter stood still.</summary>
    public required double? AllocatedPerMessage { get; init; }

    /// <summary>PostgreSQL transactions that wrote, for each message.</summary>
    public double? WritesPerMessage { get; init; }

    /// <summary>What all clients received, in bytes for each message.</summary>
    public required double ReceivedBytesPerMessage { get; init; }
}
