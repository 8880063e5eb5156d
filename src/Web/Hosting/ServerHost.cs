using System.Net;
using System.Net.Sockets;
using BmadServer.Application;
using BmadServer.Infrastructure;
using BmadServer.Web.Auth;
using BmadServer.Web.Chat;
using BmadServer.Web.Common;
using BmadServer.Web.OpenApi;
using BmadServer.Web.Sessions;
using BmadServer.Web.Workflows;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace BmadServer.Web.Hosting;

/// <summary>Puts the server together.</summary>
public static class ServerHost
{
    private const string DefaultUrl = "http://localhost:5080";

    /// <summary>Enough for 1 MB a second over a line with a delay of 100 ms.</summary>
    private const int SendBufferBytes = 128 * 1024;

    /// <summary>
    /// Settings are read once. To notice that a file of them changes, the host would watch every folder below the program, and hear of
    /// each page that is written to a database that lies there.
    /// </summary>
    private const string WithoutWatching = "--hostBuilder:reloadConfigOnChange=false";

    /// <param name="args">Configuration as <c>--Key:SubKey=value</c>, over environment variables and appsettings.json.</param>
    /// <param name="configure">Runs last, for tests to put their own clock in.</param>
    /// <exception cref="StartupException">The configuration must not be used as it is.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = CreateBuilder(args);
        if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null)
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        var connections = ConnectionLimits.Read(builder.Configuration);
        builder.Services.AddSingleton(connections);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            RequestLimits.Apply(kestrel.Limits, connections);
        });
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = Listen);
        builder.AddServiceDefaults();
        builder.Services.AddLogPrivacy();
        builder.Services.AddSafetyHeaders();
        builder.Services.AddApplication();
        builder.Services.AddInfrastructure(builder.Configuration);
        builder.Services.AddRest(builder.Configuration);
        builder.Services.AddChat(builder.Configuration);
        builder.Services.AddApiDescription();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseSafetyHeaders();
        // Before authentication, which takes a token from the query of WebSockets only and so must know them.
        app.UseWebSockets();
        Handshake.Use(app);
        app.UseErrorAnswers();
        app.UseOrigins();
        app.UseChatAdmission();
        app.UseAuthentication();
        app.UseBudgets();
        app.UseAuthorization();
        app.UseChatRequests();
        app.UseApiDescription();
        app.UseWebApp();
        app.MapDefaultEndpoints();
        app.MapChat();
        var api = app.MapGroup("/api/v1").RequireAuthorization();
        api.MapAuthEndpoints();
        api.MapUserEndpoints();
        api.MapSessionEndpoints();
        api.MapWorkflowEndpoints();
        return app;
    }

    /// <summary>Knows the settings, and nothing else yet.</summary>
    /// <param name="args">As for <see cref="Build"/>.</param>
    internal static WebApplicationBuilder CreateBuilder(string[] args) =>
        WebApplication.CreateBuilder(
            // The settings lie beside the program, wherever it is started from.
            new WebApplicationOptions { Args = [WithoutWatching, .. args], ContentRootPath = AppContext.BaseDirectory }
        );

    /// <summary>
    /// Connections take the send buffer over from the socket that they were accepted on. Left to itself the kernel keeps
    /// megabytes for a client that does not read, and the server learns of it that much later.
    /// </summary>
    private static Socket Listen(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        socket.SendBufferSize = SendBufferBytes;
        return socket;
    }
}
