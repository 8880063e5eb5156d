using BmadServer.Load.Subjects;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BmadServer.Load.Floors;

/// <summary>A SignalR host that does one thing only, so that what the server does beside it has something to be compared with.</summary>
internal static class FloorHost
{
    /// <summary>The settings of a floor's process, as environment variables.</summary>
    public const string ConnectionString = "FLOOR_DATABASE";
    public const string ParallelCalls = "FLOOR_PARALLEL_CALLS";

    /// <summary>Runs until it is told to stop. It listens where <c>ASPNETCORE_URLS</c> says.</summary>
    public static async Task RunAsync(FloorKind kind, CancellationToken cancellationToken)
    {
        // A host that watched the folder it was started in for changed settings would be woken by each write of a database below it.
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"], ContentRootPath = AppContext.BaseDirectory }
        );
        builder.Logging.ClearProviders();
        var parallel = builder.Configuration.GetValue(ParallelCalls, defaultValue: 1);
        builder.Services.AddSignalR(options => options.MaximumParallelInvocationsPerClient = parallel);
        await using var table = kind == FloorKind.Echo ? null : await FloorTable.CreateAsync(RequireDatabase(builder), cancellationToken);
        if (table is not null)
        {
            builder.Services.AddSingleton(table);
        }

        if (kind == FloorKind.Group)
        {
            builder.Services.AddSingleton<GroupCommit>();
            builder.Services.AddHostedService(services => services.GetRequiredService<GroupCommit>());
        }

        await using var app = builder.Build();
        app.MapGet("/health/ready", () => "ready");
        _ = kind switch
        {
            FloorKind.Echo => app.MapHub<EchoHub>(Subject.HubPath),
            FloorKind.Commit => app.MapHub<CommitHub>(Subject.HubPath),
            _ => app.MapHub<GroupHub>(Subject.HubPath),
        };
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
    }

    private static string RequireDatabase(WebApplicationBuilder builder) =>
        builder.Configuration[ConnectionString] ?? throw new InvalidOperationException($"{ConnectionString} names no PostgreSQL database.");
}
