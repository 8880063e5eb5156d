namespace BmadServer.Recovery.Tests.Clients;

internal sealed record RecordingClientOptions
{
    /// <summary>Unique among the clients of a history.</summary>
    public required string Name { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>Where to connect; asked at every attempt.</summary>
    public required Func<Uri> Server { get; init; }

    /// <summary>Asked at every attempt.</summary>
    public required Func<Task<string>> AccessToken { get; init; }

    /// <summary>Of backoff and jitter.</summary>
    public required int Seed { get; init; }

    /// <summary>How long to wait after so many attempts that failed.</summary>
    public Func<int, Random, TimeSpan> Backoff { get; init; } = Clients.Backoff.Delay;

    /// <summary>Builds a workflow from its log instead of the snapshot.</summary>
    public bool FromLog { get; init; }

    /// <summary>A call that takes longer breaks the connection.</summary>
    public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(5);
}
