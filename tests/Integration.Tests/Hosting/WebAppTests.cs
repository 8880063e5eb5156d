using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Hosting;

/// <summary>How the files of the web app are served.</summary>
public sealed class WebAppTests : WebRootTest
{
    private const string Page = "<!doctype html><title>the app</title>";
    private const string Script = "console.log('a script that is long enough to be worth compressing, compressing, compressing')";
    private const string Secret = "what nobody may read";

    protected override void WriteFiles()
    {
        Write("secret.txt", Secret);
        Write("wwwroot/index.html", Page);
        Write("wwwroot/sw.js", "// the service worker");
        Write("wwwroot/manifest.webmanifest", "{}");
        Write("wwwroot/assets/index-abc123.js", Script);
        Write("wwwroot/assets/small-abc123.js", "1");
        Compress("wwwroot/assets/index-abc123.js.br", stream => new BrotliStream(stream, CompressionLevel.Optimal));
        Compress("wwwroot/assets/index-abc123.js.gz", stream => new GZipStream(stream, CompressionLevel.Optimal));
    }

    [TestCase("/")]
    [TestCase("/index.html")]
    [TestCase("/sign-in")]
    [TestCase("/w/019303a2-1f40-7c20-9a00-0000000000b1")]
    [TestCase("/w/019303a2-1f40-7c20-9a00-0000000000b1?message=3.2")]
    [TestCase("/nothing/that/the/server/knows")]
    [TestCase("/apiary")]
    public async Task An_address_of_the_app_is_answered_with_its_page(string path)
    {
        using var response = await Http.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        (await response.Content.ReadAsStringAsync()).ShouldBe(Page);
    }

    [TestCase("/api")]
    [TestCase("/api/v1/nothing")]
    [TestCase("/api/v2/workflows")]
    [TestCase("/hubs")]
    [TestCase("/hubs/nothing")]
    [TestCase("/openapi/nothing")]
    [TestCase("/swagger/nothing")]
    [TestCase("/health")]
    [TestCase("/assets")]
    [TestCase("/assets/")]
    [TestCase("/assets/index-def456.js")]
    [TestCase("/assets/nothing")]
    [TestCase("/favicon.ico")]
    [TestCase("/w/nothing.js")]
    [TestCase("/index.html.br")]
    public async Task What_is_missing_elsewhere_is_404_and_not_the_page(string path) =>
        await Http.GetAsync(path).ShouldBeRefusedAsync(HttpStatusCode.NotFound, "not_found");

    [TestCase("POST")]
    [TestCase("PUT")]
    [TestCase("DELETE")]
    public async Task The_page_is_only_there_to_be_read(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/w/019303a2-1f40-7c20-9a00-0000000000b1");

        await Http.SendAsync(request).ShouldBeRefusedAsync(HttpStatusCode.NotFound, "not_found");
    }

    [TestCase("/")]
    [TestCase("/sign-in")]
    [TestCase("/assets/index-abc123.js")]
    public async Task HEAD_is_answered_as_GET_without_the_content(string path)
    {
        using var get = await Http.GetAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await Http.SendAsync(request);

        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Content.Headers.ContentLength.ShouldBe(get.Content.Headers.ContentLength);
        head.Headers.ETag.ShouldBe(get.Headers.ETag);
        (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Test]
    public async Task A_file_whose_name_changes_with_its_content_is_kept_for_a_year()
    {
        using var response = await Http.GetAsync("/assets/index-abc123.js");

        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        var caching = response.Headers.CacheControl!;
        (caching.Public, caching.MaxAge, caching.ToString()).ShouldBe(
            (true, TimeSpan.FromDays(365), "public, max-age=31536000, immutable")
        );
    }

    [TestCase("/", "text/html")]
    [TestCase("/sign-in", "text/html")]
    [TestCase("/sw.js", "text/javascript")]
    [TestCase("/manifest.webmanifest", "application/manifest+json")]
    public async Task What_keeps_its_name_is_asked_for_again_and_not_sent_again(string path, string type)
    {
        using var first = await Http.GetAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await Http.SendAsync(request);

        first.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        first.Headers.CacheControl!.ToString().ShouldBe("no-cache");
        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        second.Headers.CacheControl!.ToString().ShouldBe("no-cache");
    }

    [TestCase("br", "br")]
    [TestCase("gzip", "gzip")]
    [TestCase("gzip, deflate, br, zstd", "br")]
    [TestCase("gzip, br;q=0", "gzip")]
    [TestCase("BR", "br")]
    [TestCase("deflate", null)]
    [TestCase("identity", null)]
    [TestCase("br;q=nonsense", null)]
    [TestCase("", null)]
    public async Task A_file_is_sent_in_the_best_form_that_the_client_takes(string accepted, string? encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/assets/index-abc123.js");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        using var response = await Http.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        response.Headers.Vary.ShouldBe(["Accept-Encoding"]);
        response.Content.Headers.ContentEncoding.ShouldBe(encoding is null ? [] : [encoding]);
        (await DecompressedAsync(response)).ShouldBe(Script);
    }

    [Test]
    public async Task A_file_without_another_form_is_sent_as_it_is()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/assets/small-abc123.js");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("br"));
        using var response = await Http.SendAsync(request);

        response.Content.Headers.ContentEncoding.ShouldBeEmpty();
        (await response.Content.ReadAsStringAsync()).ShouldBe("1");
    }

    [TestCase("/../secret.txt")]
    [TestCase("/assets/../../secret.txt")]
    [TestCase("/%2e%2e/secret.txt")]
    [TestCase("/..%2fsecret.txt")]
    [TestCase("/..%5csecret.txt")]
    [TestCase("/assets/..%2f..%2fsecret.txt")]
    [TestCase("//secret.txt")]
    [TestCase("/wwwroot/../../secret.txt")]
    [TestCase("/a%00b.txt")]
    public async Task No_address_leads_out_of_the_folder(string target)
    {
        // Any HTTP client would tidy the address up first.
        using var client = new TcpClient();
        await client.ConnectAsync(Server.Url.Host, Server.Url.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync();

        answer.ShouldMatch("^HTTP/1.1 40[04] ");
        answer.ShouldNotContain(Secret);
    }

    private void Compress(string path, Func<Stream, Stream> form)
    {
        using var stream = form(File.Create(PathOf(path)));
        stream.Write(Encoding.UTF8.GetBytes(Script));
    }

    private static async Task<string> DecompressedAsync(HttpResponseMessage response)
    {
        var content = await response.Content.ReadAsStreamAsync();
        await using var decompressed = response.Content.Headers.ContentEncoding.SingleOrDefault() switch
        {
            "br" => new BrotliStream(content, CompressionMode.Decompress),
            "gzip" => new GZipStream(content, CompressionMode.Decompress),
            _ => content,
        };
        using var reader = new StreamReader(decompressed);
        return await reader.ReadToEndAsync();
    }
}

/// <summary>A server without the web app, as tests and clients that are programs have it.</summary>
public sealed class MissingWebAppTests : WebRootTest
{
    [Test]
    public async Task The_front_page_says_how_to_build_it()
    {
        using var response = await Http.GetAsync("/");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        (await response.Content.ReadAsStringAsync()).ShouldContain("dotnet build src/Web");
    }

    [TestCase("/sign-in")]
    [TestCase("/w/019303a2-1f40-7c20-9a00-0000000000b1")]
    [TestCase("/assets/index-abc123.js")]
    public async Task Other_addresses_of_the_app_are_404(string path) =>
        await Http.GetAsync(path).ShouldBeRefusedAsync(HttpStatusCode.NotFound, "not_found");

    [Test]
    public async Task Everything_else_works() => await Server.ShouldBeReadyAsync();
}
