namespace BmadServer.Recovery.Tests.Clients;

/// <summary>
/// What the server calls. All of it happens on the connection's read loop, in the order of arrival, so it must return soon
/// and must not wait for an answer on the same connection.
/// </summary>
internal interface IHubReceiver
{
    /// <param name="target">The method that the server calls.</param>
    /// <param name="arguments">The JSON list of its arguments, valid until this returns.</param>
    void OnCall(string target, ReadOnlyMemory<byte> arguments);
}

/// <summary>For clients that only call.</summary>
internal sealed class IgnoreCalls : IHubReceiver
{
    public static IgnoreCalls Instance { get; } = new();

    public void OnCall(string target, ReadOnlyMemory<byte> arguments) { }
}
