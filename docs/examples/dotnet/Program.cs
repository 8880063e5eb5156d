using BmadServer.Examples.DotNet;
using Microsoft.AspNetCore.SignalR;

if (args is not [var server, var email, var password, var workflow])
{
    await Console.Error.WriteLineAsync("usage: dotnet run -- SERVER EMAIL PASSWORD WORKFLOW-ID    (then one message a line)");
    return 2;
}

using var stop = new CancellationTokenSource();
using var tokens = new AccessTokens(new Uri(server), email, password, TimeProvider.System);
using var client = new ChatClient(new Uri(server), tokens, Guid.Parse(workflow), Console.WriteLine, TimeProvider.System);
var running = client.RunAsync(stop.Token);
try
{
    // The end of the input is the end of the program, but not before everything is acknowledged.
    await await Task.WhenAny(running, SendLinesAsync());
    await stop.CancelAsync();
    await running;
    return 0;
}
catch (Exception refusal) when (refusal is HubException or HttpRequestException or ArgumentException)
{
    await Console.Error.WriteLineAsync(refusal.Message);
    return 1;
}

async Task SendLinesAsync()
{
    List<Task> sends = [];
    while (await Task.Run(Console.ReadLine) is { } line)
    {
        sends.Add(client.SendAsync(line));
    }

    await Task.WhenAll(sends);
}
