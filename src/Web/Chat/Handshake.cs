using Microsoft.AspNetCore.Http.Features;

namespace BmadServer.Web.Chat;

/// <summary>
/// The request that opens a connection. The framework keeps it for as long as the connection is open, and with it what only the
/// opening needs: its headers and its query, with the access token in either, and its services. They are let go before.
/// </summary>
internal sealed class Handshake : IAsyncDisposable
{
    private readonly HttpContext _context;
    private readonly IServiceProvider _root;
    private AsyncServiceScope? _scope;

    private Handshake(HttpContext context, IServiceProvider root)
    {
        var scope = root.CreateAsyncScope();
        (_context, _root, _scope) = (context, root, scope);
        context.RequestServices = scope.ServiceProvider;
    }

    /// <summary>Gives such a request services that can be let go before its end. It must come before whatever uses them.</summary>
    public static void Use(WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                if (context.Request.Path.StartsWithSegments(ChatHub.Path))
                {
                    var handshake = new Handshake(context, app.Services);
                    context.Features.Set(handshake);
                    context.Response.RegisterForDisposeAsync(handshake);
                }

                return next(context);
            }
        );

    /// <summary>What the request asks for has been read.</summary>
    public ValueTask EndAsync()
    {
        _context.Features.Set<Handshake>(null);
        // Cleared all at once, they would be kept for the next request of the connection to compare with.
        foreach (var header in _context.Request.Headers.Keys.ToArray())
        {
            _context.Request.Headers.Remove(header);
        }

        _context.Request.Query = QueryCollection.Empty;
        _context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = "";
        return DisposeAsync();
    }

    public ValueTask DisposeAsync()
    {
        var scope = _scope;
        (_context.RequestServices, _scope) = (_root, null);
        return scope?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
