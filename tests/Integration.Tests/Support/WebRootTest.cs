using Microsoft.AspNetCore.Builder;

namespace BmadServer.Integration.Tests.Support;

/// <summary>
/// Tests against a server whose web app is the files that they write. No database is asked for those, so one is enough.
/// </summary>
public abstract class WebRootTest
{
    private DirectoryInfo _directory = null!;

    protected TestServer Server { get; private set; } = null!;

    /// <summary>Without a sign-in.</summary>
    protected HttpClient Http { get; private set; } = null!;

    /// <summary>Writes what is there before the server starts. Without a file there is no web root.</summary>
    protected virtual void WriteFiles() { }

    /// <summary>What else is to be other than in production.</summary>
    protected virtual void Configure(WebApplicationBuilder builder) { }

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _directory = Directory.CreateTempSubdirectory("bmadserver-wwwroot-");
        WriteFiles();
        Server = await TestServer.StartAsync(
            Database.Sqlite,
            new Dictionary<string, string> { ["webroot"] = PathOf("wwwroot") },
            configure: Configure
        );
        Http = TestUser.Client(Server.Url);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    /// <param name="path">The web root is <c>wwwroot</c>; what is beside it is not to be served.</param>
    protected void Write(string path, string text)
    {
        var file = new FileInfo(PathOf(path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
    }

    protected string PathOf(string path) => Path.Combine(_directory.FullName, path);
}
