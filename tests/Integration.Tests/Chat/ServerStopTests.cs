using BmadServer.Integration.Tests.Support;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace BmadServer.Integration.Tests.Chat;

public sealed class ServerStopTests(Database database) : ServerTest(database)
{
    /// <summary>Half of what the host allows its connections to end in.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [Test]
    public async Task Clients_that_come_back_at_once_do_not_hold_up_the_stop()
    {
        var user = await SignedInAsync();
        for (var i = 0; i < 5; i++)
        {
            var connection = new HubConnectionBuilder()
                .WithUrl(
                    new Uri(Server.Url, "/hubs/chat"),
                    options =>
                    {
                        options.AccessTokenProvider = () => Task.FromResult<string?>(user.AccessToken);
                        options.Transports = HttpTransportType.WebSockets;
                        options.SkipNegotiation = true;
                    }
                )
                .WithAutomaticReconnect([TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero])
                .Build();
            Using(connection);
            await connection.StartAsync();
        }

        var started = TimeProvider.System.GetTimestamp();
        await Server.StopAsync();

        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(Limit);
    }
}
