using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Examples;

/// <summary>The client that the README shows.</summary>
public sealed class ReadmeClientTests(Database database) : ServerTest(database)
{
    private static readonly string[] Client = ["docs", "examples", "readme-client.mjs"];

    [Test]
    public async Task It_prints_the_ack_with_its_sequence_and_times_and_the_event()
    {
        // The first run registers, the second finds the account.
        var first = await RunAsync();
        var second = await RunAsync();

        foreach (var output in new[] { first, second })
        {
            output.ShouldMatch(@"session [0-9a-f-]{36}");
            output.ShouldMatch(@"acknowledged as #2 after \d+ ms");
            output.ShouldMatch(@"received 20\S+Z, -?\d+ ms after the send; committed 20\S+Z");
            output.ShouldContain("kind: 'messagePosted'");
            output.ShouldContain("content: 'Hello'");
        }
    }

    [Test]
    public void The_README_shows_exactly_this_client() =>
        Repository.Read("README.md").ReplaceLineEndings("\n").ShouldContain($"```js\n{Repository.Read(Client).ReplaceLineEndings("\n")}```\n");

    private async Task<string> RunAsync()
    {
        await TypeScriptExample.BuiltAsync();
        var folder = Directory.CreateTempSubdirectory("bmadserver-readme-");
        try
        {
            // What `npm install @microsoft/signalr` gives.
            Directory.CreateSymbolicLink(Path.Combine(folder.FullName, "node_modules"), Path.Combine(TypeScriptExample.Directory, "node_modules"));
            File.Copy(Repository.PathOf(Client), Path.Combine(folder.FullName, Client[^1]));
            return await Commands.RunAsync(
                "node",
                [Client[^1]],
                folder.FullName,
                new Dictionary<string, string> { ["BMADSERVER_URL"] = Server.Url.GetLeftPart(UriPartial.Authority) }
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
