using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using BmadServer.Web.Common;
using BmadServer.Web.Hosting;

namespace BmadServer.Web.Chat;

/// <summary>Which requests for a connection are taken, before the WebSocket opens.</summary>
internal sealed partial class Admission(
    AllowedOrigins origins,
    Budgets budgets,
    ConnectionLimits limits,
    HubMetrics metrics,
    ILogger<Admission> logger
)
{
    /// <summary>Of a header in the log, in UTF-16 code units: anybody may send 16 KiB of anything.</summary>
    private const int LoggedLength = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<UserId, int> _byUser = [];
    private int _all;

    /// <summary>Whoever asks, before anything is known of them but where they ask from.</summary>
    /// <exception cref="DomainException"><c>hub.origin_refused</c>, <c>rate_limited</c>.</exception>
    public void RequireWelcome(HttpContext context)
    {
        Counted(() => budgets.Take(Budget.Of(BudgetKind.AddressConnects, context.Connection.RemoteIpAddress)));
        if (!origins.Allows(context.Request))
        {
            LogOrigin(logger, Beginning(context.Request.Headers.Origin.ToString()), context.Request.Scheme, Beginning(context.Request.Host.Value ?? ""));
            throw Refused(new("hub.origin_refused", "A page of another site may not connect to this server.", ErrorKind.Forbidden));
        }
    }

    /// <param name="user">Null for a stranger, whom only the address's budget limits.</param>
    /// <exception cref="DomainException"><c>rate_limited</c>.</exception>
    public void RequireBudget(UserId? user)
    {
        if (user is { } known)
        {
            Counted(() => budgets.Take(Budget.Of(BudgetKind.UserConnects, known)));
        }
    }

    /// <summary>For as long as the connection is open; <see cref="LeavePlace"/> must follow.</summary>
    /// <param name="user">Null for what opens no connection, which needs no place.</param>
    /// <exception cref="DomainException"><c>hub.too_many_connections</c>, <c>service.unavailable</c>.</exception>
    public void TakePlace(UserId? user)
    {
        if (user is not { } known)
        {
            return;
        }

        lock (_gate)
        {
            var own = _byUser.GetValueOrDefault(known);
            if (own >= limits.UserConnections)
            {
                throw Refused(new("hub.too_many_connections", "You have too many connections open; close one.", ErrorKind.RateLimited));
            }

            if (_all >= limits.HubConnections)
            {
                throw Refused(new("service.unavailable", "The server has no room for another connection; try again later.", ErrorKind.Unavailable));
            }

            _byUser[known] = own + 1;
            _all++;
        }
    }

    public void LeavePlace(UserId? user)
    {
        if (user is not { } known)
        {
            return;
        }

        lock (_gate)
        {
            _all--;
            if (--_byUser[known] == 0)
            {
                _byUser.Remove(known);
            }
        }
    }

    private static string Beginning(string header) => header.Length <= LoggedLength ? header : header[..LoggedLength];

    private void Counted(Action require)
    {
        try
        {
            require();
        }
        catch (DomainException refusal)
        {
            Refused(refusal);
            throw;
        }
    }

    private DomainException Refused(DomainException refusal)
    {
        metrics.ConnectionRefused(refusal.Code);
        return refusal;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A page of {Origin} may not connect to {Scheme}://{Host}")]
    private static partial void LogOrigin(ILogger logger, string origin, string scheme, string host);
}
