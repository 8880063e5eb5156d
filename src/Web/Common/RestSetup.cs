using System.Text;
using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Infrastructure;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace BmadServer.Web.Common;

internal static class RestSetup
{
    private static readonly string[] Numbers =
    [
        nameof(RateLimitOptions.HubCallsPerSecond),
        nameof(RateLimitOptions.HubCallBurst),
        nameof(RateLimitOptions.HubKilobytesPerSecond),
        nameof(RateLimitOptions.UserRequestsPerMinute),
        nameof(RateLimitOptions.AddressRequestsPerMinute),
        nameof(RateLimitOptions.SignInsPerMinute),
        nameof(RateLimitOptions.RefreshesPerMinute),
        nameof(RateLimitOptions.UserConnectsPerMinute),
        nameof(RateLimitOptions.AddressConnectsPerMinute),
    ];

    /// <summary>For how long a browser need not ask again whether a page of another site may call.</summary>
    private static readonly TimeSpan PreflightLifetime = TimeSpan.FromMinutes(10);

    /// <exception cref="StartupException">A setting must not be used as it is.</exception>
    public static void AddRest(this IServiceCollection services, IConfiguration configuration)
    {
        configuration.RequireBoolean(RateLimitOptions.Section, nameof(RateLimitOptions.Enabled));
        foreach (var number in Numbers)
        {
            configuration.RequirePositive<int>(RateLimitOptions.Section, number);
        }

        var origins = AllowedOrigins.Read(configuration);
        services.AddSingleton(configuration.Options<RateLimitOptions>(RateLimitOptions.Section));
        services.AddSingleton(origins);
        services.AddSingleton<Budgets>();
        services.AddRateLimiter(_ => { });
        services
            .AddOptions<RateLimiterOptions>()
            .Configure<Budgets>(
                (options, budgets) =>
                {
                    options.GlobalLimiter = budgets.Requests;
                    options.OnRejected = Budgets.RefuseAsync;
                }
            );
        services.AddCors(cors =>
            cors.AddDefaultPolicy(policy =>
                policy
                    .WithOrigins([.. origins.Configured])
                    .AllowCredentials()
                    .AllowAnyHeader()
                    .AllowAnyMethod()
                    .WithExposedHeaders(HeaderNames.Location, HeaderNames.RetryAfter)
                    .SetPreflightMaxAge(PreflightLifetime)
            )
        );
        services.AddScoped<Caller>();
        services.AddScoped<ICaller>(provider => provider.GetRequiredService<Caller>());
        services.ConfigureHttpJsonOptions(options => WireJson.Configure(options.SerializerOptions));
        services.AddProblemDetails(options => options.CustomizeProblemDetails = ProblemExceptionHandler.Complete);
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddExceptionHandler<ProblemExceptionHandler>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    /// <summary>Comes before whatever may refuse a request.</summary>
    public static void UseErrorAnswers(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true });
        app.UseStatusCodePages();
        app.Use(
            (context, next) =>
            {
                var time = context.RequestServices.GetRequiredService<TimeProvider>();
                context.RequestServices.GetRequiredService<Caller>().Begin(context, time.Now());
                return next(context);
            }
        );
        app.Use((context, next) => IsCharsetKnown(context.Request.ContentType) ? next(context) : throw UnsupportedMediaType());
    }

    /// <summary>
    /// Lets the pages of the configured sites read answers; without any, all that other sites' pages get is an answer that their browser
    /// keeps to itself. WebSockets know nothing of it, and would keep what waits here for their end.
    /// </summary>
    public static void UseOrigins(this WebApplication app)
    {
        if (app.Services.GetRequiredService<AllowedOrigins>().Configured.Count > 0)
        {
            app.UseWhen(context => !context.WebSockets.IsWebSocketRequest, branch => branch.UseCors());
        }
    }

    /// <summary>Comes after authentication, because a user's budget is another one than a stranger's.</summary>
    public static void UseBudgets(this WebApplication app)
    {
        if (app.Services.GetRequiredService<RateLimitOptions>().Enabled)
        {
            app.UseWhen(Budgets.IsLimited, branch => branch.UseRateLimiter());
        }
    }

    /// <summary>One that it does not know would be a fault of the server's to the framework.</summary>
    private static bool IsCharsetKnown(string? contentType)
    {
        if (contentType is null or "application/json" || !MediaTypeHeaderValue.TryParse(contentType, out var type) || !type.Charset.HasValue)
        {
            return true;
        }

        try
        {
            return Encoding.GetEncoding(type.Charset.Value) is not null;
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private static BadHttpRequestException UnsupportedMediaType() =>
        new("The content type's character set is not known.", StatusCodes.Status415UnsupportedMediaType);
}
