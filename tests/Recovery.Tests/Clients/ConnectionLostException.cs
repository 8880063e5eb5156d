namespace BmadServer.Recovery.Tests.Clients;

/// <summary>The connection broke before the answer: nobody knows whether the server carried the call out.</summary>
internal sealed class ConnectionLostException(string message, Exception? cause = null) : Exception(message, cause);
