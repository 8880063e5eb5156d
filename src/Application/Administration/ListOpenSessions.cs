using BmadServer.Application.Auth;
using BmadServer.Application.Sessions;
using BmadServer.Domain.Sessions;
using MediatR;

namespace BmadServer.Application.Administration;

/// <summary>The sessions that have not ended, newest first, for the operator.</summary>
/// <param name="User">Of this account only, by email address or id; null for everybody's.</param>
public sealed record ListOpenSessions(string? User = null) : IRequest<OpenSessionList>;

public sealed record OpenSessionList(IReadOnlyList<OpenSessionLine> Sessions);

/// <param name="Device">What the device calls itself.</param>
/// <param name="ExpiresAt">When it ends if nothing happens until then.</param>
public sealed record OpenSessionLine(
    Guid Id,
    Guid UserId,
    string? Email,
    string Device,
    bool Connected,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastActivityAt,
    DateTimeOffset ExpiresAt
);

internal sealed class ListOpenSessionsHandler(IUserAccounts accounts, ISessionRepository sessions, SessionOptions options)
    : IRequestHandler<ListOpenSessions, OpenSessionList>
{
    public async Task<OpenSessionList> Handle(ListOpenSessions request, CancellationToken cancellationToken)
    {
        if (request.User is { } wanted)
        {
            var user = await accounts.FindAsync(wanted, cancellationToken);
            var own = await sessions.ListOpenAsync(user.Id, cancellationToken);
            return new OpenSessionList([.. own.Select(session => Line(session, user.Email))]);
        }

        var all = await sessions.ListOpenAsync(cancellationToken);
        var known = await accounts.ListAsync(cancellationToken);
        var addresses = known.ToDictionary(account => account.User.Id, account => account.User.Email);
        return new OpenSessionList([.. all.Select(session => Line(session, addresses.GetValueOrDefault(session.UserId)))]);
    }

    private OpenSessionLine Line(Session session, string? email) =>
        new(
            session.Id.Value,
            session.UserId.Value,
            email,
            session.Device,
            session.ConnectionId is not null,
            session.CreatedAt,
            session.LastActivityAt,
            session.ExpiresAt(options.IdleTimeout)
        );
}
