using System.Linq.Expressions;
using System.Reflection;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests;

/// <summary>Data to test with; each argument has a default that is right for a test that does not care.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Now = new(2026, 3, 14, 9, 26, 53, TimeSpan.Zero);

    public static User User(string name = "Mia") =>
        new(UserId.New(Now), $"{name.ToLowerInvariant()}@example.com", name, Now);

    public static Session Session(
        User user,
        SessionState? state = null,
        NodeId? node = null,
        DateTimeOffset? startedAt = null,
        DateTimeOffset? droppedAt = null
    ) =>
        Domain
            .Sessions.Session.Start(
                user.Id,
                TokenFamilyId.New(Now),
                "Firefox",
                "connection-1",
                node ?? NodeId.New(Now),
                startedAt ?? Now,
                state
            )
            .Stored(session => session.DisconnectedAt, droppedAt);

    public static SessionState Joined(params Membership[] memberships) =>
        new([.. memberships.Select(membership => membership.Workflow.Id)]);

    /// <summary>The workflow as it would be read from the database.</summary>
    public static Workflow Copy(Workflow stored)
    {
        var copy = (Workflow)Activator.CreateInstance(typeof(Workflow), nonPublic: true)!;
        foreach (var property in typeof(Workflow).GetProperties().Where(property => property.SetMethod is not null))
        {
            property.SetValue(copy, property.GetValue(stored));
        }

        return copy;
    }

    /// <summary>The entity as it is read back after an update in the database set what no code sets.</summary>
    public static T Stored<T, TValue>(this T entity, Expression<Func<T, TValue>> property, TValue value)
    {
        ((PropertyInfo)((MemberExpression)property.Body).Member).SetValue(entity, value);
        return entity;
    }
}
