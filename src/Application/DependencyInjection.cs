using System.Reflection;
using BmadServer.Application.Audit;
using BmadServer.Application.Auth;
using BmadServer.Application.Common.Behaviours;
using BmadServer.Application.Messages;
using BmadServer.Application.Sessions;
using FluentValidation;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Application;

public static class DependencyInjection
{
    /// <summary>Registers MediatR, every handler and validator of this assembly, and the pipeline around them.</summary>
    public static IServiceCollection AddApplication(this IServiceCollection services)
    {
        services.AddScoped<IMediator, Mediator>();
        services.AddScoped<ServiceFactory>(provider => provider.GetRequiredService);
        foreach (var (contract, handler) in Handlers())
        {
            services.AddTransient(contract, handler);
        }

        services.AddValidatorsFromAssembly(
            Assembly.GetExecutingAssembly(),
            ServiceLifetime.Singleton,
            includeInternalTypes: true
        );
        services.AddScoped<SignInEnder>();
        services.AddScoped<AuditTrail>();
        services.AddScoped<JoinedWorkflows>();
        services.AddScoped<PresenceElsewhere>();
        services.AddSingleton<RecentRepeats>();
        services.AddSingleton<RefreshesUnderWay>();
        services.AddSingleton<UnstoredDrops>();
        services.AddSingleton<NodeIdentity>();
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(LoggingBehaviour<,>));
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(ValidationBehaviour<,>));
        return services;
    }

    /// <summary>
    /// A span for each request, around the rest of the pipeline: to be called before <see cref="AddApplication"/>, and only when
    /// somebody wants spans, because a step of the pipeline costs each request something.
    /// </summary>
    public static IServiceCollection AddRequestTracing(this IServiceCollection services) =>
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(TracingBehaviour<,>));

    private static IEnumerable<(Type Contract, Type Handler)> Handlers() =>
        from type in Assembly.GetExecutingAssembly().GetTypes()
        where type is { IsAbstract: false, IsGenericTypeDefinition: false }
        from contract in type.GetInterfaces()
        where contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(IRequestHandler<,>)
        select (contract, type);
}
