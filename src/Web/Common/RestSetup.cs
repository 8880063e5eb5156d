using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using Microsoft.AspNetCore.Routing;

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
                context.RequestServices.GetRequiredService<Caller>().Begin(context, time.Now());
                return next(context);
            }
        );
        app.UseAuthentication();
        app.UseAuthorization();
    }
}
