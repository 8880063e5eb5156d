using BmadServer.Domain.Sessions;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>What a connection remembers between its calls.</summary>
internal static class HubCallerContextExtensions
{
    private static readonly object SessionKey = new();
    private static readonly object TouchedKey = new();

    /// <summary>The connection's session, or null until it has one.</summary>
    public static SessionId? SessionId(this HubCallerContext context) =>
        context.Items.TryGetValue(SessionKey, out var session) ? (SessionId?)session : null;

    public static void SetSession(this HubCallerContext context, SessionId session, DateTimeOffset now) =>
        (context.Items[SessionKey], context.Items[TouchedKey]) = (session, now);

    /// <summary>Whether the session's activity was last stored longer ago than this; if so, counts it as stored now.</summary>
    public static bool TryBeginTouch(this HubCallerContext context, DateTimeOffset now, TimeSpan interval)
    {
        if (context.Items.TryGetValue(TouchedKey, out var touched) && now - (DateTimeOffset)touched! < interval)
        {
            return false;
        }

        context.Items[TouchedKey] = now;
        return true;
    }
}
