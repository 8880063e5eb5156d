using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace BmadServer.Web.Hosting;

/// <summary>
/// Serves the web app that was built into <c>wwwroot</c>: its files, and its page at every address that the app itself
/// understands, such as <c>/w/{id}</c>.
/// </summary>
internal static class WebApp
{
    private const string Page = "/index.html";

    /// <summary>Files whose names change with their content.</summary>
    private const string Assets = "/assets";

    private const string Forever = "public, max-age=31536000, immutable";

    /// <summary>Asked for again each time, and not sent again while it is the same.</summary>
    private const string Revalidated = "no-cache";

    private const string NotBuilt =
        "bmadServer runs, but its web app is not built. Install Node.js and run `dotnet build src/Web`, then start the server again.\n";

    /// <summary>Addresses that programs use. What is not there is refused, and not answered with a page.</summary>
    private static readonly PathString[] Reserved = ["/api", "/hubs", "/openapi", "/swagger", "/health", Telemetry.MetricsPath];

    /// <summary>What the build puts beside a file, best first.</summary>
    private static readonly (string Encoding, string Suffix)[] Compressed = [("br", ".br"), ("gzip", ".gz")];

    public static void UseWebApp(this WebApplication app)
    {
        var files = app.Environment.WebRootFileProvider;
        app.UseWhen(
            IsForWebApp,
            branch =>
            {
                branch.Use((context, next) => ServeAsync(context, files, next));
                branch.UseStaticFiles(
                    new StaticFileOptions
                    {
                        FileProvider = files,
                        ContentTypeProvider = new ContentTypes(),
                        OnPrepareResponse = file => Describe(file.Context),
                    }
                );
            }
        );
    }

    private static bool IsForWebApp(HttpContext context) =>
        (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        && context.GetEndpoint() is null
        && !Reserved.Any(prefix => context.Request.Path.StartsWithSegments(prefix));

    private static async Task ServeAsync(HttpContext context, IFileProvider files, RequestDelegate next)
    {
        var asked = context.Request.Path;
        var file = IsPage(asked) ? Page : asked.Value!;
        if (asked == "/" && !files.GetFileInfo(Page).Exists)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync(NotBuilt, context.RequestAborted);
            return;
        }

        var chosen = Choose(context.Request, files, file);
        context.Features.Set(chosen);
        context.Request.Path = chosen.Path;
        try
        {
            await next(context);
        }
        finally
        {
            context.Request.Path = asked;
        }
    }

    /// <summary>No address of the app's own has a dot in its last part; a file that is missing has one.</summary>
    private static bool IsPage(PathString path) =>
        !path.StartsWithSegments(Assets) && Path.GetExtension(path.Value.AsSpan()).IsEmpty;

    private static ChosenFile Choose(HttpRequest request, IFileProvider files, string file)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        foreach (var (encoding, suffix) in Compressed)
        {
            var isAccepted = accepted.Any(each =>
                each.Quality != 0 && each.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase)
            );
            if (isAccepted && files.GetFileInfo(file + suffix).Exists)
            {
                return new ChosenFile(file + suffix, encoding);
            }
        }

        return new ChosenFile(file, Encoding: null);
    }

    private static void Describe(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = context.Request.Path.StartsWithSegments(Assets) ? Forever : Revalidated;
        headers.Vary = "Accept-Encoding";
        if (context.Features.Get<ChosenFile>()?.Encoding is { } encoding)
        {
            headers.ContentEncoding = encoding;
        }
    }

    /// <param name="Path">The file that is sent, the compressed one if there is one that the client takes.</param>
    /// <param name="Encoding">How it is compressed; null if it is not.</param>
    private sealed record ChosenFile(string Path, string? Encoding);

    /// <summary>A compressed file has the type of what it decompresses to.</summary>
    private sealed class ContentTypes : IContentTypeProvider
    {
        private readonly FileExtensionContentTypeProvider _types = new();

        public bool TryGetContentType(string subpath, [MaybeNullWhen(false)] out string contentType)
        {
            var suffix = Compressed.Select(each => each.Suffix).FirstOrDefault(each => subpath.EndsWith(each, StringComparison.Ordinal));
            return _types.TryGetContentType(subpath[..^(suffix?.Length ?? 0)], out contentType);
        }
    }
}
