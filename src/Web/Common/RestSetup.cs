using System.Text;
using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace BmadServer.Web.Common;

internal static class RestSetup
{
    public static void AddRest(this IServiceCollection services)
    {
        services.AddScoped<Caller>();
        services.AddScoped<ICaller>(provider => provider.GetRequiredService<Caller>());
        services.ConfigureHttpJsonOptions(options => WireJson.Configure(options.SerializerOptions));
        services.AddProblemDetails(options => options.CustomizeProblemDetails = ProblemExceptionHandler.Complete);
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddExceptionHandler<ProblemExceptionHandler>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    public static void UseRest(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true });
        app.UseStatusCodePages();
        app.Use(
            (context, next) =>
            {
                var time = context.RequestServices.GetRequiredService<TimeProvider>();
                context.RequestServices.GetRequiredService<Caller>().Begin(() => context.User, session: null, time.Now());
                return next(context);
            }
        );
        app.Use((context, next) => IsCharsetKnown(context.Request.ContentType) ? next(context) : throw UnsupportedMediaType());
        app.UseAuthentication();
        app.UseAuthorization();
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
