using BmadServer.Infrastructure;
using BmadServer.Web.Hosting;
using Microsoft.AspNetCore.Connections;

try
{
    await using var app = ServerHost.Build(args);
    if (args is ["migrate", ..])
    {
        await app.MigrateAsync();
    }
    else
    {
        await app.RunAsync();
    }

    return 0;
}
catch (Exception refusal) when (refusal is StartupException or IOException { InnerException: AddressInUseException })
{
    await Console.Error.WriteLineAsync($"bmadServer cannot start: {refusal.Message}");
    return 1;
}
