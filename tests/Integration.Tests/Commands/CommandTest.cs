using System.Text.Json;
using BmadServer.Integration.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Commands;

/// <summary>Commands that an operator runs as a process of its own, on the database of a server that runs.</summary>
public abstract class CommandTest(Database database) : ServerTest(database)
{
    /// <summary>Runs a command with <c>--json</c>.</summary>
    protected Task<ServerProcess.Ended> RunAsync(params string[] arguments) => RunWithAsync("", arguments);

    /// <param name="input">All that stands on standard input.</param>
    protected Task<ServerProcess.Ended> RunWithAsync(string input, params string[] arguments)
    {
        var environment = new Dictionary<string, string> { ["Data__Directory"] = Server.DataDirectory };
        if (Server.Services.GetRequiredService<IConfiguration>().GetConnectionString("bmadserver") is { } database)
        {
            environment["ConnectionStrings__bmadserver"] = database;
        }

        return ServerProcess.RunAsync(environment, input, [.. arguments, "--json"]);
    }

    protected async Task<JsonElement> DoneAsync(params string[] arguments) => (await RunAsync(arguments)).ShouldBeDone();

    /// <summary>The connection is told why, and closes.</summary>
    protected static async Task ShouldCloseAsync(HubClient client)
    {
        await client.Closed;
        client.Received("SessionEnded").Single().GetString().ShouldBe("revoked");
    }
}
