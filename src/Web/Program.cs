using BmadServer.Infrastructure;
using BmadServer.Web.Commands;
using BmadServer.Web.Hosting;
using Microsoft.AspNetCore.Connections;

if (ServerCommands.IsCommand(args))
{
    return await ServerCommands.RunAsync(args);
}

try
{
    await using var app = ServerHost.Build(args);
    await app.RunAsync();
    return ExitCodes.Done;
}
catch (Exception refusal) when (refusal is StartupException or IOException { InnerException: AddressInUseException })
{
    await Console.Error.WriteLineAsync($"bmadServer cannot start: {refusal.Message}");
    return ExitCodes.Failed;
}
