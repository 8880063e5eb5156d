namespace BmadServer.Load.Clients;

/// <summary>What a connection tells. One connection never tells two things at once; several connections do.</summary>
internal interface IHubListener
{
    /// <summary>A call was answered.</summary>
    /// <param name="call">The number that the call was made with.</param>
    /// <param name="refusal">Why it failed; null when it did not.</param>
    /// <param name="message">The whole message, good during the call only.</param>
    void OnAnswer(HubConnection connection, int call, string? refusal, ReadOnlySpan<byte> message);

    /// <summary>The server called the client.</summary>
    /// <param name="message">The whole message, good during the call only.</param>
    void OnPush(HubConnection connection, ReadOnlySpan<byte> message);

    /// <summary>All that was received at once has been told: the moment to send what it led to.</summary>
    void OnQuiet(HubConnection connection);

    /// <summary>The connection is gone, and nobody on this side closed it.</summary>
    void OnLost(HubConnection connection, string reason);
}

/// <summary>Listens to nothing, and fails when the connection is lost.</summary>
internal class HubListener : IHubListener
{
    private string? _lost;

    /// <exception cref="InvalidOperationException">A connection was lost.</exception>
    public void ThrowIfLost()
    {
        if (_lost is { } reason)
        {
            throw new InvalidOperationException($"The server closed a connection: {reason}");
        }
    }

    public virtual void OnAnswer(HubConnection connection, int call, string? refusal, ReadOnlySpan<byte> message) { }

    public virtual void OnPush(HubConnection connection, ReadOnlySpan<byte> message) { }

    public virtual void OnQuiet(HubConnection connection) { }

    public virtual void OnLost(HubConnection connection, string reason) => _lost = reason;
}
