namespace BmadServer.Testing;

/// <summary>Where a connection is reset, seen from a piece of what its client sends.</summary>
public enum Cut
{
    Nowhere,

    /// <summary>The piece does not reach the server.</summary>
    Before,

    /// <summary>The piece reaches the server, and what the server sends next does not reach the client.</summary>
    AtAnswer,
}
