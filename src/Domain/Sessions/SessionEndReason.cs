namespace BmadServer.Domain.Sessions;

/// <summary>Why the server ended a session or took its connection away.</summary>
public enum SessionEndReason
{
    /// <summary>Its sign-in was ended by logging out.</summary>
    LoggedOut,

    /// <summary>It was ended by its user, or its sign-in was revoked.</summary>
    Revoked,

    /// <summary>It was idle for too long.</summary>
    Expired,

    /// <summary>A newer connection or session took its place.</summary>
    Replaced,
}
