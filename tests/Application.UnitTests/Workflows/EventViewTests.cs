using BmadServer.Application.Workflows;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Workflows;

public sealed class EventViewTests
{
    private readonly User _mia = Given.User("Mia");
    private readonly User _olga = Given.User("Olga");
    private readonly Workflow _workflow;
    private readonly Participant _owner;

    public EventViewTests()
    {
        (_workflow, _owner) = Workflow.Create(_mia.Id, "Mia", "Launch", Given.Now);
        _workflow.TakePendingEvents();
    }

    [Test]
    public void Of_ShouldHaveAKindForEveryEventOfTheDomain() =>
        typeof(WorkflowEvent)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(WorkflowEvent)))
            .Select(type => EventView.Of((WorkflowEvent)Activator.CreateInstance(type)!).Kind.ToString())
            .ShouldBe(Enum.GetNames<EventKind>(), ignoreOrder: true);

    [Test]
    public void Of_WhenAnyEvent_ShouldTellWhereWhenAndByWhom()
    {
        _workflow.Rename(_owner, "Landing", Given.Now);

        var view = View();

        (view.WorkflowId, view.Sequence, view.At, view.Actor)
            .ShouldBe((_workflow.Id.Value, 2, Given.Now, new ActorView(_mia.Id.Value, ActorKind.User, "Mia")));
    }

    [Test]
    public void Of_WhenAMessageWasPosted_ShouldCarryAllOfIt()
    {
        var question = _workflow.Post(_owner, "Hello?", null, null, Given.Now, Given.Now);
        _workflow.TakePendingEvents();
        var message = _workflow.Post(_owner, "Hello", question, "key-1", Given.Now, Given.Now);

        var view = View();

        (view.Kind, view.MessageId, view.Content, view.ReplyTo, view.ClientMessageId)
            .ShouldBe((EventKind.MessagePosted, message.Id.Value, "Hello", question.Id.Value, "key-1"));
    }

    [Test]
    public void Of_WhenAMessageWasEdited_ShouldCarryTheNewText()
    {
        var message = _workflow.Post(_owner, "Helo", null, null, Given.Now, Given.Now);
        _workflow.TakePendingEvents();
        _workflow.Edit(_owner, message, "Hello", Given.Now, Given.Now);

        var view = View();

        (view.Kind, view.MessageId, view.Content).ShouldBe((EventKind.MessageEdited, message.Id.Value, "Hello"));
    }

    [Test]
    public void Of_WhenAMessageWasDeleted_ShouldCarryNoText()
    {
        var message = _workflow.Post(_owner, "Hello", null, null, Given.Now, Given.Now);
        _workflow.TakePendingEvents();
        _workflow.Delete(_owner, message, Given.Now, Given.Now);

        var view = View();

        (view.Kind, view.MessageId, view.Content).ShouldBe((EventKind.MessageDeleted, message.Id.Value, null));
    }

    [Test]
    public void Of_WhenSomebodyCame_ShouldTellWhoAndInWhichRole()
    {
        _workflow.AddParticipant(_owner, _olga.Id, "Olga", ParticipantRole.Observer, Given.Now);

        var view = View();

        (view.Kind, view.UserId, view.Name, view.Role)
            .ShouldBe((EventKind.ParticipantAdded, _olga.Id.Value, "Olga", ParticipantRole.Observer));
    }

    [Test]
    public void Of_WhenSomebodyWent_ShouldTellWho()
    {
        var olga = _workflow.AddParticipant(_owner, _olga.Id, "Olga", ParticipantRole.Observer, Given.Now);
        _workflow.TakePendingEvents();
        _workflow.RemoveParticipant(_owner, olga, owners: 1, Given.Now);

        var view = View();

        (view.Kind, view.UserId).ShouldBe((EventKind.ParticipantRemoved, _olga.Id.Value));
    }

    [Test]
    public void Of_WhenTheWorkflowWasRenamed_ShouldCarryTheTitle()
    {
        _workflow.Rename(_owner, "Landing", Given.Now);

        View().Title.ShouldBe("Landing");
    }

    [Test]
    public void Of_WhenTheStatusChanged_ShouldCarryIt()
    {
        _workflow.ChangeStatus(_owner, WorkflowStatus.Paused, Given.Now);

        View().Status.ShouldBe(WorkflowStatus.Paused);
    }

    private EventView View() => EventView.Of(_workflow.PendingEvents.ShouldHaveSingleItem().ShouldBeAssignableTo<WorkflowEvent>()!);
}
