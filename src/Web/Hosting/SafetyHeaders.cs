using BmadServer.Web.Chat;
using Microsoft.Extensions.Primitives;

namespace BmadServer.Web.Hosting;

/// <summary>What browsers are told to refuse, on every answer: a page, a refusal, a hub's handshake.</summary>
internal static class SafetyHeaders
{
    /// <summary>
    /// Scripts come from this server's files and nowhere else. Styles may stand in the page, because Ant Design writes its own
    /// there while the app runs. 'self' holds for WebSockets to this server as well.
    /// </summary>
    private const string ContentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        + "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>What a chat has no use for.</summary>
    private const string PermissionsPolicy =
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), "
        + "payment=(), usb=()";

    private static readonly TimeSpan HttpsOnlyFor = TimeSpan.FromDays(365);

    public static void AddSafetyHeaders(this IServiceCollection services) =>
        services.AddHsts(options => options.MaxAge = HttpsOnlyFor);

    /// <summary>Comes first, so that no answer is without them.</summary>
    public static void UseSafetyHeaders(this WebApplication app)
    {
        app.Use(
            (context, next) =>
            {
                // When the answer starts and not now: the exception handler clears the headers that were set before.
                context.Response.OnStarting(Write, context.Response);
                return next(context);
            }
        );
        if (!app.Environment.IsDevelopment())
        {
            app.UseHsts();
        }
    }

    private static Task Write(object state)
    {
        var response = (HttpResponse)state;
        var headers = response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = PermissionsPolicy;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (IsPersonal(response.HttpContext.Request.Path) && StringValues.IsNullOrEmpty(headers.CacheControl))
        {
            headers.CacheControl = "no-store";
        }

        return Task.CompletedTask;
    }

    /// <summary>What is at such an address is for one person, and stays in no cache on the way nor in a shared browser.</summary>
    private static bool IsPersonal(PathString path) => path.StartsWithSegments("/api") || path.StartsWithSegments(ChatHub.Path);
}
