namespace BmadServer.Recovery.Tests.Clients;

internal sealed record HubSocketOptions
{
    /// <summary>Of the server or of the proxy before it, as <c>http://127.0.0.1:5080</c>.</summary>
    public required Uri Server { get; init; }

    public required string AccessToken { get; init; }

    /// <summary>The session to come back to.</summary>
    public Guid? Session { get; init; }

    /// <summary>A call that takes longer breaks the connection, which is how a half-open one is noticed.</summary>
    public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long opening may take, from the first byte until the session is there.</summary>
    public TimeSpan OpenLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Silence of the server after which the connection counts as lost; its pings come every 15 s.</summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes that the operating system keeps of what has arrived and was not read; null for its own choice.</summary>
    public int? ReceiveBufferBytes { get; init; }
}
