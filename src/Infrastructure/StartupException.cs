namespace BmadServer.Infrastructure;

/// <summary>The server must not start like this. The message tells the operator what is wrong and what to do.</summary>
public sealed class StartupException(string message, Exception? innerException = null) : Exception(message, innerException);
