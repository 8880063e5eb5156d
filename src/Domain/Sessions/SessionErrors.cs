using BmadServer.Domain.Common;

namespace BmadServer.Domain.Sessions;

public static class SessionErrors
{
    public static DomainException NotFound() => new("session.not_found", "There is no such session.", ErrorKind.NotFound);

    public static DomainException Ended() => new("session.ended", "The session has ended.", ErrorKind.Gone);

    public static DomainException Conflict(Exception? cause = null) =>
        new("session.conflict", "The session was changed at the same time; read it again.", ErrorKind.Conflict, cause);
}
