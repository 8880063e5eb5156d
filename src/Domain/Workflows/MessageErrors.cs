using BmadServer.Domain.Common;

namespace BmadServer.Domain.Workflows;

public static class MessageErrors
{
    public static DomainException NotFound() =>
        new("message.not_found", "There is no such message in this workflow.", ErrorKind.NotFound);

    public static DomainException NotYours() =>
        new("message.forbidden", "Only its author may do this; an owner may delete.", ErrorKind.Forbidden);

    public static DomainException Deleted() => new("message.deleted", "The message has been deleted.", ErrorKind.Conflict);

    public static DomainException IdempotencyConflict(Exception? cause = null) =>
        new(
            "message.idempotency_conflict",
            "Another message was already sent with this clientMessageId.",
            ErrorKind.Conflict,
            cause
        );
}
