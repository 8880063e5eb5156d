namespace BmadServer.Web.Auth;

/// <summary>The refresh token's cookie: out of reach for scripts, for other sites, and for every path but the auth endpoints'.</summary>
internal static class RefreshCookie
{
    public const string Name = "bmadserver_refresh";

    private const string Path = "/api/v1/auth";

    public static string? Read(HttpRequest request) => request.Cookies[Name];

    public static void Write(HttpResponse response, string token, TimeSpan lifetime) =>
        response.Cookies.Append(Name, token, Options(lifetime));

    public static void Clear(HttpResponse response) => response.Cookies.Delete(Name, Options(null));

    private static CookieOptions Options(TimeSpan? lifetime) =>
        new()
        {
            Path = Path,
            HttpOnly = true,
            Secure = true,
            SameSite = SameSiteMode.Strict,
            MaxAge = lifetime,
            IsEssential = true,
        };
}
