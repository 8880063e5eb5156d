using BmadServer.Infrastructure;

namespace BmadServer.Web.Common;

/// <summary>Setting <c>Cors__Origins</c>: the sites beside the server's own whose pages may call it.</summary>
internal sealed class AllowedOrigins
{
    private const string Section = "Cors:Origins";

    private readonly HashSet<string> _origins;

    private AllowedOrigins(IEnumerable<string> origins) => _origins = [.. origins];

    public IReadOnlyCollection<string> Configured => _origins;

    /// <returns>None unless some are named, separated by commas or as a list.</returns>
    /// <exception cref="StartupException">One of them is not written as browsers write an origin.</exception>
    public static AllowedOrigins Read(IConfiguration configuration)
    {
        const StringSplitOptions options = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        var named = (configuration[Section] ?? "")
            .Split(',', options)
            .Concat(configuration.GetSection(Section).GetChildren().Select(each => each.Value ?? ""))
            .ToArray();
        return named.FirstOrDefault(origin => !IsOrigin(origin)) is { } wrong
            ? throw new StartupException(
                $"Cors__Origins must be origins such as https://app.example.com, separated by commas and without a path; \"{wrong}\" is none."
            )
            : new AllowedOrigins(named);
    }

    /// <summary>Whether a page may open a connection, going by the <c>Origin</c> that every browser sends. Programs send none.</summary>
    public bool Allows(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || IsOwn(origin, request) || _origins.Contains(origin);
    }

    /// <summary>As the browser sees the server: a proxy in front passes on <c>Host</c>, and tells whether it was HTTPS.</summary>
    private static bool IsOwn(string origin, HttpRequest request)
    {
        var host = request.Host;
        var usualPort = request.IsHttps ? 443 : 80;
        var own = $"{request.Scheme}://{(host.Port == usualPort ? host.Host : host.Value)}";
        return host.HasValue && origin.Equals(own, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.GetLeftPart(UriPartial.Authority) == text
        && Uri.CheckHostName(uri.Host) != UriHostNameType.Unknown
        && uri.UserInfo.Length == 0;
}
