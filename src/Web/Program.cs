using BmadServer.Infrastructure;
using BmadServer.Web.Hosting;

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
catch (StartupException refusal)
{
    await Console.Error.WriteLineAsync($"bmadServer cannot start: {refusal.Message}");
    return 1;
}
