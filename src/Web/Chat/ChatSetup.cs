using BmadServer.Application.Messages;
using BmadServer.Application.Sessions;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Common;
using BmadServer.Infrastructure;
using BmadServer.Infrastructure.Auth;
using BmadServer.Web.Common;
using BmadServer.Web.Hosting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace BmadServer.Web.Chat;

internal static class ChatSetup
{
    /// <summary>JSON writes one UTF-16 code unit with at most six characters: <c>\uXXXX</c>.</summary>
    private const int BytesPerCharacter = 6;

    /// <summary>
    /// Room beside the longest message. A frame above the limit closes the connection, so that a message somewhat too long
    /// can still be refused politely, the limit is twice what the longest message needs.
    /// </summary>
    private const int EnvelopeBytes = 4096;

    /// <summary>
    /// For one write to the socket, of 96 KiB at most: SignalR's buffer and a piece of <see cref="BoundedOutput"/>. So a
    /// client that takes less than 12 KiB a second while something waits for it is gone.
    /// </summary>
    private static readonly TimeSpan MaximumSendTime = TimeSpan.FromSeconds(8);

    /// <summary>From the opened WebSocket until the client has said which protocol it speaks.</summary>
    private static readonly TimeSpan MaximumHandshakeTime = TimeSpan.FromSeconds(15);

    /// <summary>For a client to take its leave.</summary>
    private static readonly TimeSpan MaximumCloseTime = TimeSpan.FromSeconds(2);

    public static void AddChat(this IServiceCollection services, IConfiguration configuration)
    {
        configuration.RequireNotNegative<double>(ShutdownOptions.Section, nameof(ShutdownOptions.NoticeSeconds));
        configuration.RequireNotNegative<double>(ShutdownOptions.Section, nameof(ShutdownOptions.DrainSeconds));
        services.AddSingleton(configuration.Options<ShutdownOptions>(ShutdownOptions.Section));
        services
            .AddOptions<HubOptions>()
            .Configure<MessageOptions>(
                (options, limits) =>
                    options.MaximumReceiveMessageSize = 2L * BytesPerCharacter * limits.MessageCharacters + EnvelopeBytes
            );
        services
            .AddSignalR(options =>
            {
                options.HandshakeTimeout = MaximumHandshakeTime;
                options.AddFilter<CallerFilter>();
                options.AddFilter<ErrorFilter>();
                options.AddFilter<CallsUnderWayFilter>();
                options.AddFilter<BackPressureFilter>();
                options.AddFilter<RateLimitFilter>();
                options.AddFilter<ActivityFilter>();
            })
            .AddJsonProtocol(options => WireJson.Configure(options.PayloadSerializerOptions));
        services.RemoveAll<IHubProtocol>();
        services.AddSingleton<IHubProtocol>(provider => new ChatHubProtocol(
            new JsonHubProtocol(provider.GetRequiredService<IOptions<JsonHubProtocolOptions>>())
        ));
        services.AddSingleton<CallerFilter>();
        services.AddSingleton<ErrorFilter>();
        services.AddSingleton<CallsUnderWayFilter>();
        services.AddSingleton<BackPressureFilter>();
        services.AddSingleton<RateLimitFilter>();
        services.AddSingleton<ActivityFilter>();
        services.AddSingleton<HubMetrics>();
        services.AddSingleton<Admission>();
        services.AddSingleton<ServerQueries>();
        services.AddSingleton<LiveConnections>();
        services.AddSingleton<ILiveConnections>(provider => provider.GetRequiredService<LiveConnections>());
        services.AddSingleton<EventPump>();
        services.AddSingleton<IWorkflowEventPublisher>(provider => provider.GetRequiredService<EventPump>());
        services.AddHostedService(provider => provider.GetRequiredService<EventPump>());
        services.AddHostedService<SequenceAnnouncer>();
        services.AddSingleton<Drain>();
        services.AddHostedService(provider => provider.GetRequiredService<Drain>());
        services.AddHealthChecks().AddCheck<Drain>("server", tags: [ServiceDefaults.ReadyTag]);
        services.AddSingleton<IHostLifetime, DrainingLifetime>();
        services.AddSingleton<AccessWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<AccessWatch>());
        services.AddSingleton<PresenceQuestions>();
        services.AddHostedService<PresenceWatch>();
        services.AddHostedService<OtherNodes>();
        services.AddScoped<ConnectionLifecycle>();
        services.AddScoped<CallUnderWay>();
    }

    /// <summary>Refuses connections that no token could excuse. Comes before authentication, which asks the database.</summary>
    public static void UseChatAdmission(this WebApplication app)
    {
        var admission = app.Services.GetRequiredService<Admission>();
        app.Use(
            (context, next) =>
            {
                if (context.Request.Path.StartsWithSegments(ChatHub.Path))
                {
                    admission.RequireWelcome(context);
                }

                return next(context);
            }
        );
    }

    /// <summary>
    /// Counts the connections of each user, and all of them. Refuses new ones once the server is stopping. Its clients come back at
    /// once, while the port is still open; let in, they would hold up the stop until its time is up.
    /// </summary>
    public static void UseChatRequests(this WebApplication app)
    {
        var requests = app.Services.GetRequiredService<Drain>().Requests;
        var admission = app.Services.GetRequiredService<Admission>();
        app.Use((context, next) => context.Request.Path.StartsWithSegments(ChatHub.Path) ? ServeAsync(context, next) : next(context));

        async Task ServeAsync(HttpContext context, RequestDelegate next)
        {
            var user = context.WebSockets.IsWebSocketRequest ? context.User.UserId() : null;
            admission.RequireBudget(context.User.UserId());
            if (!requests.TryBegin())
            {
                throw new DomainException("service.unavailable", "The server is stopping; connect again.", ErrorKind.Unavailable);
            }

            try
            {
                admission.TakePlace(user);
                try
                {
                    await next(context);
                }
                finally
                {
                    admission.LeavePlace(user);
                }
            }
            finally
            {
                requests.End();
            }
        }
    }

    /// <summary>What <c>MapHub</c> does, and bounds on each connection.</summary>
    public static void MapChat(this IEndpointRouteBuilder endpoints)
    {
        var limits = endpoints.ServiceProvider.GetRequiredService<RateLimitOptions>();
        var time = endpoints.ServiceProvider.GetRequiredService<TimeProvider>();
        var logger = endpoints.ServiceProvider.GetRequiredService<ILogger<ChatHub>>();
        endpoints
            .MapConnections(
                ChatHub.Path,
                new HttpConnectionDispatcherOptions
                {
                    // Sessions, order and back-pressure are defined for one kind of connection, so there is one kind.
                    Transports = HttpTransportType.WebSockets,
                    TransportSendTimeout = MaximumSendTime,
                    WebSockets = { CloseTimeout = MaximumCloseTime },
                },
                connections => connections.UseBounds(limits, time, logger).UseHub<ChatHub>()
            )
            .WithMetadata(new HubMetadata(typeof(ChatHub)), new AuthorizeAttribute());
    }
}
