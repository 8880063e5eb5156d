using System.Reflection;
using System.Runtime.CompilerServices;
using BmadServer.Domain.Common;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Architecture.Tests;

/// <summary>How types are written, whoever adds the next one.</summary>
public sealed class ConventionTests
{
    [Test]
    public void Entities_have_no_public_constructors() =>
        Entities().Where(type => type.GetConstructors().Length > 0).ShouldBeEmpty();

    [Test]
    public void Entities_and_events_have_no_public_setters() =>
        Entities()
            .Concat(Events())
            .SelectMany(type => type.GetProperties())
            .Where(property => property.SetMethod is { IsPublic: true } setter && !IsInit(setter))
            .Select(property => $"{property.DeclaringType!.Name}.{property.Name}")
            .ShouldBeEmpty();

    [Test]
    public void Entities_and_events_are_sealed_unless_a_base() =>
        Entities().Concat(Events()).Where(type => !type.IsSealed && !type.IsAbstract).ShouldBeEmpty();

    [Test]
    public void Ids_are_readonly_record_structs() =>
        Types(Solution.Domain)
            .Where(type => type.Name.EndsWith("Id", StringComparison.Ordinal))
            .Where(type => !type.IsValueType || !type.IsDefined(typeof(IsReadOnlyAttribute)) || !IsRecord(type))
            .ShouldBeEmpty();

    [Test]
    public void Requests_are_public_sealed_records() =>
        Requests().Where(type => !type.IsPublic || !type.IsSealed || !IsRecord(type)).ShouldBeEmpty();

    [Test]
    public void Handlers_are_internal_and_sealed() =>
        Handlers().Where(type => type.IsVisible || !type.IsSealed).ShouldBeEmpty();

    [Test]
    public void Validators_are_internal_and_sealed() =>
        Validators().Where(type => type.IsVisible || !type.IsSealed).ShouldBeEmpty();

    [Test]
    public void Handlers_stand_beside_their_request_and_bear_its_name() =>
        Handlers()
            .Select(handler => (Handler: handler.FullName, Expected: $"{RequestOf(handler).FullName}Handler"))
            .Where(pair => pair.Handler != pair.Expected)
            .ShouldBeEmpty();

    [Test]
    public void Validators_stand_beside_their_request_and_bear_its_name() =>
        Validators()
            .Select(validator => (Validator: validator.FullName, Expected: $"{RequestOf(validator).FullName}Validator"))
            .Where(pair => pair.Validator != pair.Expected)
            .ShouldBeEmpty();

    /// <summary>Whatever is logged of them, now or later.</summary>
    [Test]
    public void Records_with_secrets_do_not_print_them() =>
        RecordsWithSecrets().Where(type => type.GetMethod(nameof(ToString), [])!.IsDefined(typeof(CompilerGeneratedAttribute))).ShouldBeEmpty();

    [Test]
    public void Hubs_are_declared_only_in_Web() =>
        AllTypes().Where(type => type.IsSubclassOf(typeof(Hub)) && type.Assembly != Solution.Web).ShouldBeEmpty();

    /// <summary>A rule about nothing proves nothing.</summary>
    [Test]
    public void The_rules_find_what_they_are_about()
    {
        IEnumerable<Type>[] subjects = [Entities(), Events(), Requests(), Handlers(), Validators(), RecordsWithSecrets()];

        subjects.ShouldAllBe(found => found.Any());
    }

    private static IEnumerable<Type> Entities() =>
        Types(Solution.Domain)
            .Where(type => type is { IsClass: true } && !IsStatic(type) && !IsRecord(type))
            .Where(type => !type.IsAssignableTo(typeof(Exception)) && !type.IsAssignableTo(typeof(IDomainEvent)));

    private static IEnumerable<Type> Events() =>
        Types(Solution.Domain).Where(type => type.IsClass && type.IsAssignableTo(typeof(IDomainEvent)));

    private static IEnumerable<Type> Requests() =>
        AllTypes().Where(type => type is { IsInterface: false } && type.IsAssignableTo(typeof(IBaseRequest)));

    private static IEnumerable<Type> Handlers() => Concrete(typeof(IRequestHandler<,>));

    private static IEnumerable<Type> Validators() => Concrete(typeof(IValidator<>));

    private static IEnumerable<Type> RecordsWithSecrets() =>
        AllTypes()
            .Where(IsRecord)
            .Where(type => type.GetProperties().Any(property => property.PropertyType == typeof(string) && IsSecret(property.Name)));

    private static bool IsSecret(string name) => name.EndsWith("Password", StringComparison.Ordinal) || name.EndsWith("Token", StringComparison.Ordinal);

    private static IEnumerable<Type> Concrete(Type contract) =>
        AllTypes().Where(type => type is { IsClass: true, IsAbstract: false } && Closed(contract, type) is not null);

    private static Type RequestOf(Type type) =>
        (Closed(typeof(IRequestHandler<,>), type) ?? Closed(typeof(IValidator<>), type))!.GetGenericArguments()[0];

    private static Type? Closed(Type contract, Type type) =>
        type.GetInterfaces().FirstOrDefault(each => each.IsGenericType && each.GetGenericTypeDefinition() == contract);

    private static IEnumerable<Type> AllTypes() =>
        new[] { Solution.Domain, Solution.Application, Solution.Infrastructure, Solution.Web }.SelectMany(Types);

    private static IEnumerable<Type> Types(Assembly assembly) =>
        assembly.GetTypes().Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute)));

    private static bool IsStatic(Type type) => type is { IsAbstract: true, IsSealed: true };

    /// <summary>Only the compiler can write a member of this name.</summary>
    private static bool IsRecord(Type type) =>
        type.IsValueType
            ? type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is not null
            : type.GetMethod("<Clone>$") is not null;

    private static bool IsInit(MethodInfo setter) =>
        setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
}
