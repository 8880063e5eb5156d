using BmadServer.Domain.Sessions;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>
/// What a connection remembers between its calls. Its <c>Items</c> would do, but are a concurrent dictionary, which costs an idle
/// connection several times as much.
/// </summary>
internal static class HubCallerContextExtensions
{
    /// <summary>The connection's session, or null until it has one.</summary>
    public static SessionId? SessionId(this HubCallerContext context) => context.Features.Get<SessionInUse>()?.Id;

    public static void SetSession(this HubCallerContext context, SessionId session, DateTimeOffset now) =>
        context.Features.Set(new SessionInUse(session) { TouchedAt = now });

    public static void ForgetSession(this HubCallerContext context) => context.Features.Set<SessionInUse>(null);

    /// <summary>Whether the session's activity was last stored longer ago than this; if so, counts it as stored now.</summary>
    public static bool TryBeginTouch(this HubCallerContext context, DateTimeOffset now, TimeSpan interval)
    {
        if (context.Features.Get<SessionInUse>() is not { } session || now - session.TouchedAt < interval)
        {
            return false;
        }

        session.TouchedAt = now;
        return true;
    }

    private sealed class SessionInUse(SessionId id)
    {
        public SessionId Id { get; } = id;

        public DateTimeOffset TouchedAt { get; set; }
    }
}
