using BmadServer.Application.Common.Behaviours;
using FluentValidation;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Application.UnitTests;

public sealed class DependencyInjectionTests
{
    private static readonly Type[] ApplicationTypes = typeof(DependencyInjection).Assembly.GetTypes();

    [TestCaseSource(nameof(Requests))]
    public void AddApplication_ShouldRegisterExactlyOneHandlerForEveryRequest(Type request)
    {
        var response = ResponseOf(request);
        var contract = typeof(IRequestHandler<,>).MakeGenericType(request, response);

        new ServiceCollection().AddApplication().Count(service => service.ServiceType == contract).ShouldBe(1);
    }

    [Test]
    public void AddApplication_ShouldRegisterEveryValidator()
    {
        var validators = ApplicationTypes.Where(type => type is { IsAbstract: false } && type.IsAssignableTo(typeof(IValidator)));

        var registered = new ServiceCollection().AddApplication().Select(service => service.ImplementationType);

        validators.ShouldBeSubsetOf(registered);
    }

    [Test]
    public void AddApplication_WithThePortsOfTheHost_ShouldResolveEverythingItRegisters() =>
        Should.NotThrow(() =>
            new World().Services().BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true })
        );

    [Test]
    public void AddApplication_ShouldLogAroundTheValidation()
    {
        var behaviours = new ServiceCollection()
            .AddApplication()
            .Where(service => service.ServiceType == typeof(IPipelineBehavior<,>))
            .Select(service => service.ImplementationType);

        behaviours.ShouldBe([typeof(LoggingBehaviour<,>), typeof(ValidationBehaviour<,>)]);
    }

    private static IEnumerable<Type> Requests() => ApplicationTypes.Where(type => type.IsAssignableTo(typeof(IBaseRequest)));

    private static Type ResponseOf(Type request) =>
        request
            .GetInterfaces()
            .Single(contract => contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(IRequest<>))
            .GetGenericArguments()[0];
}
