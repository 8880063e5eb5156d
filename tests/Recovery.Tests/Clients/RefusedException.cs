namespace BmadServer.Recovery.Tests.Clients;

/// <summary>The server answered a call with <c>code: sentence</c>.</summary>
internal sealed class RefusedException(string code, string sentence) : Exception($"{code}: {sentence}")
{
    public string Code { get; } = code;

    public string Sentence { get; } = sentence;

    /// <summary>Whether the code is about the server's state and not about the call, so that the same call may succeed later.</summary>
    public bool IsPassing =>
        Code == "rate_limited"
        || Code.StartsWith("service.", StringComparison.Ordinal)
        || Code.StartsWith("server.", StringComparison.Ordinal)
        || Code.StartsWith("session.", StringComparison.Ordinal);

    public static RefusedException Parse(string text)
    {
        var colon = text.IndexOf(": ", StringComparison.Ordinal);
        return colon < 0 ? new RefusedException("none", text) : new RefusedException(text[..colon], text[(colon + 2)..]);
    }
}
