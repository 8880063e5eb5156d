using System.Linq.Expressions;
using System.Reflection;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Domain.UnitTests;

/// <summary>Entities to test with; each argument has a default that is right for a test that does not care.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Now = new(2026, 3, 14, 9, 26, 53, TimeSpan.Zero);
    public static readonly DateTimeOffset Later = Now.AddMinutes(7);

    public static UserId User() => UserId.New(Now);

    /// <summary>A workflow whose first events are stored, with its owner.</summary>
    public static (Workflow Workflow, Participant Owner) Workflow(
        string title = "Launch",
        WorkflowStatus status = WorkflowStatus.Active,
        bool personal = false
    )
    {
        var (workflow, owner) = personal
            ? Domain.Workflows.Workflow.CreatePersonal(User(), "Olga", Now)
            : Domain.Workflows.Workflow.Create(User(), "Olga", title, Now);
        workflow.ChangeStatus(owner, status, Now);
        workflow.TakePendingEvents();
        return (workflow, owner);
    }

    /// <summary>Somebody in that workflow, whose arrival is stored.</summary>
    public static Participant Participant(
        Workflow workflow,
        Participant owner,
        ParticipantRole role = ParticipantRole.Contributor,
        string name = "Carl"
    )
    {
        var participant = workflow.AddParticipant(owner, User(), name, role, Now);
        workflow.TakePendingEvents();
        return participant;
    }

    /// <summary>A message in that workflow, whose post is stored.</summary>
    public static Message Message(Workflow workflow, Participant author, string content = "Hello")
    {
        var message = workflow.Post(author, content, reply: null, clientMessageId: null, Now, Now);
        workflow.TakePendingEvents();
        return message;
    }

    public static Session Session(SessionState? checkpoint = null) =>
        Domain.Sessions.Session.Start(User(), TokenFamilyId.New(Now), "Firefox", "connection-1", NodeId.New(Now), Now, checkpoint);

    public static RefreshToken RefreshToken(TimeSpan? lifetime = null) =>
        Domain.Users.RefreshToken.Issue("5E884898", TokenFamilyId.New(Now), Now, lifetime ?? TimeSpan.FromDays(7));

    /// <summary>The entity as it is read back after an update in the database set what no code sets.</summary>
    public static T Stored<T, TValue>(this T entity, Expression<Func<T, TValue>> property, TValue value)
    {
        ((PropertyInfo)((MemberExpression)property.Body).Member).SetValue(entity, value);
        return entity;
    }
}

internal static class Refusals
{
    /// <summary>Asserts that the action is refused with this code.</summary>
    public static void ShouldBeRefusedWith(this Action action, string code) =>
        action.ShouldThrow<DomainException>().Code.ShouldBe(code);
}
